using Azure;
using Serverless.Storage;

namespace Serverless.Tests.Unit.Storage;

public sealed class StorageFaultsTests
{
    private static readonly RequestFailedException s_away = new(503, "Busy.");
    private static readonly RequestFailedException s_wrong = new(400, "Wrong.");

    [Theory]
    [InlineData(0)] // no answer at all
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(504)]
    public void An_answer_that_says_later_is_storage_that_is_away(int status) => Assert.True(StorageFaults.IsAway(new RequestFailedException(status, "")));

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(412)]
    [InlineData(413)]
    public void An_answer_to_the_request_itself_is_not(int status) => Assert.False(StorageFaults.IsAway(new RequestFailedException(status, "")));

    [Fact]
    public void A_connection_that_failed_or_took_too_long_is()
    {
        Assert.True(StorageFaults.IsAway(new HttpRequestException()));
        Assert.True(StorageFaults.IsAway(new IOException()));
        Assert.True(StorageFaults.IsAway(new TimeoutException()));
        Assert.True(StorageFaults.IsAway(new TaskCanceledException()));
    }

    [Fact]
    public void A_caller_that_went_away_is_not() =>
        Assert.False(StorageFaults.IsAway(new TaskCanceledException("", null, new CancellationToken(canceled: true))));

    [Fact]
    public void A_mistake_of_our_own_is_not() => Assert.False(StorageFaults.IsAway(new InvalidOperationException()));

    [Fact]
    public void Several_tries_are_when_each_of_them_is()
    {
        Assert.True(StorageFaults.IsAway(new AggregateException(s_away, new AggregateException(s_away, new IOException()))));
        Assert.False(StorageFaults.IsAway(new AggregateException(s_away, s_wrong)));
        Assert.False(StorageFaults.IsAway(new AggregateException()));
    }

    [Theory]
    [InlineData(412, true)]
    [InlineData(409, false)]
    [InlineData(404, false)]
    public void A_race_is_lost_where_the_version_does_not_match(int status, bool expected) =>
        Assert.Equal(expected, StorageFaults.LostRace(new RequestFailedException(status, "")));

    [Theory]
    [InlineData(409, "EntityAlreadyExists", true)]
    [InlineData(409, "TableAlreadyExists", false)]
    [InlineData(409, "TableBeingDeleted", false)]
    [InlineData(409, null, false)]
    [InlineData(412, "EntityAlreadyExists", false)]
    public void A_row_already_exists_where_storage_says_so_of_a_row(int status, string? code, bool expected) =>
        Assert.Equal(expected, StorageFaults.AlreadyExists(new RequestFailedException(status, "", code, null)));
}
