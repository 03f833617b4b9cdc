namespace Serverless.Local.Functions;

/// <summary>Remembers schedules over restarts. Any exception means that it is not to be had right now.</summary>
internal interface ITimerStatusStore
{
    Task<ScheduleStatus?> LoadAsync(string function, CancellationToken cancellationToken);

    Task SaveAsync(string function, ScheduleStatus status, CancellationToken cancellationToken);
}
