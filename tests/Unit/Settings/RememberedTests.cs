using Serverless.Settings;

namespace Serverless.Tests.Unit.Settings;

public sealed class RememberedTests
{
    private readonly Remembered<string> _remembered = new(TimeSpan.FromSeconds(2), TimeProvider.System);

    [Fact]
    public async Task What_was_read_while_it_was_changed_is_read_again()
    {
        var reading = new TaskCompletionSource<string>();
        var late = _remembered.GetAsync(_ => reading.Task, default);

        _remembered.Forget();
        reading.SetResult("before");
        await late;

        Assert.Equal("after", await _remembered.GetAsync(_ => Task.FromResult("after"), default));
    }

    [Fact]
    public async Task What_was_read_before_it_was_changed_is_read_again()
    {
        await _remembered.GetAsync(_ => Task.FromResult("before"), default);

        _remembered.Forget();

        Assert.Equal("after", await _remembered.GetAsync(_ => Task.FromResult("after"), default));
    }
}
