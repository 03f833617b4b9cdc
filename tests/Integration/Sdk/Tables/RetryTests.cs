using Azure;
using Azure.Core;
using Serverless.Local.Tables;
using static Serverless.Local.Tables.TableTransactionActionType;

namespace Serverless.Tests.Integration.Sdk.Tables;

public sealed class RetryTests(AzuriteFixture azurite) : TableTests(azurite)
{
    [Theory]
    [InlineData(Fault.Refused)]
    [InlineData(Fault.AnswerLost)]
    [InlineData(Fault.Unavailable)]
    [InlineData(Fault.Throttled)]
    public async Task A_passing_fault_passes(Fault fault)
    {
        var (table, transport) = await FaultyTableAsync(fault, fault);

        await table.UpsertEntityAsync(new TableEntity("p", "r") { ["Text"] = new string('x', 5_000) });

        Assert.Equal(3, transport.Tries);
        Assert.Equal(5_000, (await table.GetEntityAsync<TableEntity>("p", "r")).Value.GetString("Text")!.Length);
    }

    [Fact]
    public async Task A_transaction_is_sent_again_whole()
    {
        var (table, transport) = await FaultyTableAsync(Fault.Refused, Fault.Refused);
        var rows = Enumerable.Range(0, 100).Select(i => new TableTransactionAction(UpsertReplace, new TableEntity("p", $"{i:D4}") { ["Text"] = new string('x', i) }));

        Assert.Equal(100, (await table.SubmitTransactionAsync(rows)).Value.Count);

        Assert.Equal(3, transport.Tries);
        Assert.Equal(Enumerable.Range(0, 100), await table.QueryAsync<TableEntity>().Select(r => r.GetString("Text")!.Length).ToListAsync());
    }

    [Fact]
    public async Task An_insert_whose_answer_is_lost_ends_as_a_conflict()
    {
        var (table, _) = await FaultyTableAsync(Fault.AnswerLost);

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r")));

        Assert.Equal((409, "EntityAlreadyExists"), (failed.Status, failed.ErrorCode));
    }

    [Fact]
    public async Task A_lasting_fault_ends_the_request()
    {
        var (table, transport) = await FaultyTableAsync([.. Enumerable.Repeat(Fault.Unavailable, 10)]);

        var failed = await Assert.ThrowsAsync<RequestFailedException>(() => table.UpsertEntityAsync(new TableEntity("p", "r")));

        Assert.Equal((503, 4), (failed.Status, transport.Tries));
    }

    [Fact]
    public async Task What_is_refused_is_not_tried_again()
    {
        var (table, transport) = await FaultyTableAsync();

        await Assert.ThrowsAsync<RequestFailedException>(() => table.GetEntityAsync<TableEntity>("p", "r"));

        Assert.Equal(1, transport.Tries);
    }

    [Fact]
    public async Task A_request_that_is_called_off_is_not_sent()
    {
        var table = await NewTableAsync();
        var calledOff = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.UpsertEntityAsync(new TableEntity("p", "r"), cancellationToken: calledOff));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await table.QueryAsync<TableEntity>(cancellationToken: calledOff).ToListAsync());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await table.QueryAsync<TableEntity>().ToListAsync(calledOff));

        Assert.Empty(await table.QueryAsync<TableEntity>().ToListAsync());
    }

    [Fact]
    public async Task A_wait_for_the_next_try_can_be_called_off()
    {
        var transport = new FaultyTransport(Fault.Unavailable);
        var options = new TableClientOptions { Transport = transport, Retry = { Delay = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromHours(1) } };
        using var calledOff = new CancellationTokenSource();
        options.AddPolicy(new CallingOff(calledOff), HttpPipelinePosition.PerRetry);
        var table = Through(await NewTableAsync(), options);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => table.UpsertEntityAsync(new TableEntity("p", "r"), cancellationToken: calledOff.Token));

        Assert.Equal(1, transport.Tries);
    }

    private async Task<(TableClient Table, FaultyTransport Transport)> FaultyTableAsync(params Fault[] faults)
    {
        var transport = new FaultyTransport(faults);
        var options = Impatient(retries: 3);
        options.Transport = transport;
        return (Through(await NewTableAsync(), options), transport);
    }

    private sealed class CallingOff(CancellationTokenSource cancellation) : Azure.Core.Pipeline.HttpPipelineSynchronousPolicy
    {
        public override void OnReceivedResponse(HttpMessage message) => cancellation.Cancel();
    }
}
