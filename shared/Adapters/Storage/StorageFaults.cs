using System.Net.Sockets;

namespace Serverless.Storage;

/// <summary>Tells a storage account that is away from everything else that can go wrong.</summary>
public static class StorageFaults
{
    /// <summary>Whether the fault is one that passes by itself: no connection, a time-out, an overload.</summary>
    public static bool IsAway(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } => true,
        AggregateException { InnerExceptions: { Count: > 0 } inner } => inner.All(IsAway), // what the pipeline throws when every try failed
        HttpRequestException or IOException or SocketException or TimeoutException => true, // the bare one where a connection is reset while it is made
        // The pipeline's own time-out; a caller that went away is told apart by its token.
        TaskCanceledException { CancellationToken.IsCancellationRequested: false } => true,
        _ => false,
    };

    internal static bool LostRace(RequestFailedException exception) => exception.Status == 412;

    internal static bool TableIsMissing(RequestFailedException exception) => exception.Status == 404 && exception.ErrorCode == TableErrorCode.TableNotFound;

    internal static bool RowIsMissing(RequestFailedException exception) => exception.Status == 404 && exception.ErrorCode != TableErrorCode.TableNotFound;

    internal static bool AlreadyExists(RequestFailedException exception) => exception.Status == 409 && exception.ErrorCode == TableErrorCode.EntityAlreadyExists;
}
