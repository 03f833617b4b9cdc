using System.Net.Sockets;
using Azure;
using Serverless.Storage;

namespace Serverless.Tests.Integration.Api;

/// <summary>Which faults callers are told to come back for. All of these were seen while storage was taken away under load.</summary>
public sealed class StorageFaultsTests
{
    private static readonly SocketException NotConnected = new((int)SocketError.NotConnected);

    public static TheoryData<Exception> Passing =>
    [
        NotConnected,
        new AggregateException(new RequestFailedException("An error occurred while sending the request."), NotConnected),
        new RequestFailedException(503, "Server busy"),
        new HttpRequestException("Connection refused"),
        new IOException("Connection reset by peer"),
        new TaskCanceledException(),
    ];

    public static TheoryData<Exception> Lasting =>
    [
        new RequestFailedException(403, "Forbidden"),
        new RequestFailedException(409, "Exists"),
        new AggregateException(NotConnected, new RequestFailedException(403, "Forbidden")),
        new InvalidOperationException(),
        new TaskCanceledException("The caller went away", null, new CancellationToken(canceled: true)),
    ];

    [Theory]
    [MemberData(nameof(Passing))]
    public void A_fault_of_the_way_to_storage_passes(Exception fault) => Assert.True(StorageFaults.IsAway(fault));

    [Theory]
    [MemberData(nameof(Lasting))]
    public void A_fault_of_ours_does_not_pass_by_itself(Exception fault) => Assert.False(StorageFaults.IsAway(fault));
}
