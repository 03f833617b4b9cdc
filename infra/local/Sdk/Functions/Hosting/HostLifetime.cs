using Microsoft.Extensions.Hosting;

namespace Serverless.Local.Functions;

/// <summary>How a stop goes: at once no new invocations; those that run have <see cref="TimeForRunning"/>; then they are cancelled.</summary>
internal sealed class HostLifetime : IDisposable
{
    private readonly CancellationTokenSource _outOfTime = new();

    public HostLifetime(IHostApplicationLifetime application, TimeSpan timeForRunning)
    {
        TimeForRunning = timeForRunning;
        Stopping = application.ApplicationStopping;
        Stopping.Register(() => _outOfTime.CancelAfter(TimeForRunning));
    }

    /// <summary>30 seconds unless a test says otherwise.</summary>
    public TimeSpan TimeForRunning { get; }

    /// <summary>From here on a trigger sets nothing off.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>For running invocations: hand this to <see cref="FunctionExecutor.InvokeAsync"/>.</summary>
    public CancellationToken OutOfTime => _outOfTime.Token;

    public void Dispose() => _outOfTime.Dispose();
}
