using System.Text.Json.Nodes;
using Serverless.Contacts;
using Serverless.Messages;
using Xunit.Abstractions;

namespace Serverless.Tests.Integration.Faults;

/// <summary>Reports as they come on a bad day.</summary>
public sealed class ReportStormTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private ReportReceiver _receiver = null!;
    private CarrierUnderTest _carrier = null!;
    private Dictionary<string, string?> _settings = null!;
    private AppProcess _app = null!;

    public async Task InitializeAsync()
    {
        _receiver = await ReportReceiver.StartAsync();
        _carrier = await CarrierUnderTest.StartAsync(_receiver, _time);
        _settings = _carrier.Settings(azurite.ConnectionString);
        _app = AppProcess.Start(_settings, _time);
    }

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _carrier.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task A_batch_of_1000_with_repetitions_in_every_spelling_and_a_malformed_one_is_right_in_the_end()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var texts = await SendAsync(333, line => (line % 3) switch { 0 => "0100", 1 => "4004", _ => "4601" });
        var reports = await ReportsAsync();
        string[] batch = [.. reports, .. reports.Select(InPascalCase), .. reports.Select(WithoutPlus), """{"eventType":"Microsoft.Communication.SMSDeliveryReportReceived","data":{"messageId":7"""];
        random.Shuffle(batch);
        Assert.Equal(1000, batch.Length);

        await _app.ApplyAsync(batch);

        Assert.Equal(texts.Select(text => Expected(text.To)), await Task.WhenAll(texts.Select(text => StatusAsync(text.Id))));
        var parked = Assert.Single(await _app.Unmatched.ListAsync(null, 1000, default).ToListAsync());
        Assert.Contains("\"messageId\":7", parked.Event, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batches_that_hold_the_same_reports_in_another_order_at_the_same_time_are_right_in_the_end()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"Seed {seed}");
        var random = new Random(seed);
        var texts = await SendAsync(60, line => (line % 2) switch { 0 => "0100", _ => "4601" });
        var reports = await ReportsAsync();
        var batches = Enumerable.Range(0, 4).Select(_ =>
        {
            var batch = reports.ToArray();
            random.Shuffle(batch);
            return batch;
        });

        await Task.WhenAll(batches.Select(batch => _app.ApplyAsync(batch)));

        Assert.Equal(texts.Select(text => Expected(text.To)), await Task.WhenAll(texts.Select(text => StatusAsync(text.Id))));
        Assert.All(texts, text => Assert.Single(StateAsync(text.Id).GetAwaiter().GetResult().Attempts));
    }

    [Fact]
    public async Task A_report_for_an_unknown_text_is_parked_once_and_applied_when_the_text_appears()
    {
        var to = Number(0, "0100");
        var late = MessageId.New(to, _time.GetUtcNow());
        await SendAsync(1, _ => "0100");
        var report = Assert.Single(await ReportsAsync());
        var early = With(report, data => data["tag"] = new MessageTag(late, 1).ToString());
        var lost = With(report, data => data["tag"] = new MessageTag(MessageId.New(to, _time.GetUtcNow()), 1).ToString());

        await _app.ApplyAsync(early, lost, report);
        await _app.ApplyAsync(lost, early);
        Assert.Equal(2, await _app.Unmatched.ListAsync(null, 1000, default).CountAsync());
        await _app.Sender.AcceptAsync(new SendMessage(to, "Hello"), PhoneNumber.Parse("+18335550100"), late, default);
        _time.Advance(TimeSpan.FromSeconds(5));
        await _app.DispatchAsync();

        Assert.Equal(MessageStatus.Delivered, await StatusAsync(late.Value));
        Assert.Equal(lost, Assert.Single(await _app.Unmatched.ListAsync(null, 1000, default).ToListAsync()).Event);
    }

    [Fact]
    public async Task A_batch_that_storage_fails_in_the_middle_of_throws_and_is_right_when_it_comes_again()
    {
        const int Texts = 5;
        var injected = 0;
        for (var at = 1; ; at++)
        {
            var texts = await SendAsync(Texts, line => line == 0 ? "4601" : "0100");
            var batch = await ReportsAsync();
            var injector = new FaultInjector(new Fault(FaultTarget.Storage, FaultKind.Refused, FaultSpan.WholeCall), at);
            await using var other = AppProcess.Start(_settings, _time, injector);

            var fault = await Record.ExceptionAsync(() => other.ApplyAsync(batch));
            Assert.Equal(injector.Hit, fault is AggregateException);
            await _app.ApplyAsync(batch);

            Assert.Equal(texts.Select(text => Expected(text.To)), await Task.WhenAll(texts.Select(text => StatusAsync(text.Id))));
            Assert.Empty(await _app.Unmatched.ListAsync(null, 1000, default).ToListAsync());
            if (!injector.Hit) break;
            injected++;
        }
        output.WriteLine($"{injected} faults");
        Assert.True(injected > Texts);
    }

    private static MessageStatus Expected(PhoneNumber to) => to.Value[^4..] switch
    {
        "4004" => MessageStatus.Failed,
        "4601" => MessageStatus.Retrying,
        _ => MessageStatus.Delivered,
    };

    private static string InPascalCase(string report) => Change(report, root =>
        root["data"] = new JsonObject(root["data"]!.AsObject().Select(field => KeyValuePair.Create(char.ToUpperInvariant(field.Key[0]) + field.Key[1..], field.Value?.DeepClone()))));

    private static string WithoutPlus(string report) => With(report, data => data["to"] = ((string)data["to"]!).TrimStart('+'));

    private static string With(string report, Action<JsonNode> change) => Change(report, root => change(root["data"]!));

    private static string Change(string report, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(report)!;
        change(root);
        return root.ToJsonString();
    }

    private static PhoneNumber Number(int index, string line) => PhoneNumber.Parse($"+1{s_areaCodes[index % s_areaCodes.Length]}555{line}");

    private static readonly string[] s_areaCodes = ["604", "250", "416", "514", "212", "206", "305", "312", "415", "617"];

    private async Task<IReadOnlyList<(PhoneNumber To, string Id)>> SendAsync(int count, Func<int, string> line)
    {
        var texts = new (PhoneNumber, string)[count];
        await Parallel.ForAsync(0, count, async (index, _) =>
        {
            var to = Number(index, line(index));
            var answer = await _app.PostAsync(new { to = to.Value, text = $"Hello {Guid.NewGuid():N}" }, key: null);
            Assert.Equal(202, answer.Status);
            texts[index] = (to, answer.Id);
        });
        return texts;
    }

    private int _reports;

    private async Task<IReadOnlyList<string>> ReportsAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        var reports = await _carrier.ReportsAsync(_reports);
        _reports += reports.Count;
        return reports;
    }

    private async Task<MessageState> StateAsync(string id) => (await _app.Messages.FindAsync(MessageId.Parse(id), default))!.Value.State;

    private async Task<MessageStatus> StatusAsync(string id) => (await StateAsync(id)).Status;
}
