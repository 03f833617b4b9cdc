using Serverless.Contacts;
using Serverless.Messages;
using Serverless.Tests.Integration.Faults;

namespace Serverless.Tests.Integration.Messages;

/// <summary>Two processes of the app, as there are while one is replaced or more are needed, with the same work at the same time.</summary>
public sealed class TwoProcessesTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private const int Texts = 40;
    private static readonly PhoneNumber BouncesOnce = PhoneNumber.Parse("+16045554601");

    private ReportReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await ReportReceiver.StartAsync();

    public async Task DisposeAsync() => await _receiver.DisposeAsync();

    [Fact]
    public async Task Due_texts_and_reports_that_both_work_on_become_one_text_for_each_attempt()
    {
        // Their clocks differ by a little, as clocks do.
        var (oneTime, otherTime) = (new ManualTime(), new ManualTime(ManualTime.Start.AddMilliseconds(3)));
        await using var carrier = await CarrierUnderTest.StartAsync(_receiver, oneTime);
        var settings = carrier.Settings(azurite.ConnectionString);
        await using var one = AppProcess.Start(settings, oneTime);
        await using var other = AppProcess.Start(settings, otherTime);
        void Advance(TimeSpan by)
        {
            oneTime.Advance(by);
            otherTime.Advance(by);
        }
        Task BothAsync(Func<AppProcess, Task> work) => Task.WhenAll(Task.Run(() => work(one)), Task.Run(() => work(other)));
        var sendAt = ManualTime.Start.AddHours(1);
        var ids = await Task.WhenAll(Enumerable.Range(0, Texts).Select(async index =>
            (await one.PostAsync(new { to = BouncesOnce.Value, text = $"Text {index}", sendAt }, key: null)).Id));

        Advance(TimeSpan.FromHours(1));
        await BothAsync(app => app.DispatchAsync());
        Assert.Equal(Texts, (await carrier.TextsAsync()).Count);
        Advance(TimeSpan.FromSeconds(1));
        var bounces = await carrier.ReportsAsync();
        Assert.Equal(Texts, bounces.Count);
        await BothAsync(app => app.ApplyAsync(bounces));
        Advance(TimeSpan.FromMinutes(2));
        await BothAsync(app => app.DispatchAsync());
        Advance(TimeSpan.FromSeconds(1));
        var deliveries = await carrier.ReportsAsync(bounces.Count);
        await BothAsync(app => app.ApplyAsync(deliveries));
        Advance(TimeSpan.FromDays(1));
        await BothAsync(app => app.DispatchAsync());

        var texts = await carrier.TextsAsync();
        Assert.Equal(2 * Texts, texts.Count);
        Assert.Equal(2 * Texts, texts.Select(text => text.Tag).Distinct().Count());
        foreach (var id in ids) Assert.Equal(MessageStatus.Delivered, (await one.Messages.FindAsync(MessageId.Parse(id), default))!.Value.State.Status);
        Assert.Empty(await one.Due.ReadAsync(DateTimeOffset.MaxValue.AddDays(-1), 1000, default));
    }

    [Fact]
    public async Task A_request_that_both_get_under_one_key_becomes_one_text()
    {
        await using var carrier = await CarrierUnderTest.StartAsync(_receiver, TimeProvider.System);
        var settings = carrier.Settings(azurite.ConnectionString);
        settings["Delivery:AnswerWithin"] = "00:01:00"; // what is answered has been sent, also by a machine that stalls
        await using var one = AppProcess.Start(settings, TimeProvider.System);
        await using var other = AppProcess.Start(settings, TimeProvider.System);

        var answers = await Task.WhenAll(Enumerable.Range(0, Texts).SelectMany(index =>
            new[] { one, other, one, other }.Select(app => app.PostAsync(new { to = Number(index).Value, text = $"Text {index}" }, $"key-{index}"))));

        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        Assert.Equal(Texts, answers.Select(answer => answer.Id).Distinct().Count());
        Assert.Equal(Texts, (await carrier.TextsAsync()).Count);
    }

    [Fact]
    public async Task A_text_that_one_cancels_while_the_other_sends_it_is_either_cancelled_or_sent()
    {
        var (oneTime, otherTime) = (new ManualTime(), new ManualTime(ManualTime.Start.AddMilliseconds(3)));
        await using var carrier = await CarrierUnderTest.StartAsync(_receiver, oneTime);
        var settings = carrier.Settings(azurite.ConnectionString);
        await using var one = AppProcess.Start(settings, oneTime);
        await using var other = AppProcess.Start(settings, otherTime);
        var sendAt = ManualTime.Start.AddHours(1);
        var ids = await Task.WhenAll(Enumerable.Range(0, Texts).Select(async index =>
            (await one.PostAsync(new { to = Number(index).Value, text = $"Text {index}", sendAt }, key: null)).Id));
        oneTime.Advance(TimeSpan.FromHours(1));
        otherTime.Advance(TimeSpan.FromHours(1));

        var sending = Task.Run(one.DispatchAsync);
        var answers = await Task.WhenAll(ids.Select(other.CancelAsync));
        await sending;

        var sent = (await carrier.TextsAsync()).Select(text => text.To).Order();
        Assert.Equal(Enumerable.Range(0, Texts).Where(index => answers[index].Status != 200).Select(index => Number(index).Value).Order(), sent);
        Assert.All(answers, answer => Assert.True(answer.Status is 200 or 409));
    }

    private static PhoneNumber Number(int index) => PhoneNumber.Parse($"+1604{220 + index}5555");
}
