using System.Net.Http.Json;
using System.Text.Json;
using Serverless.Contacts;
using Serverless.Due;
using Serverless.Tests.Integration.Faults;
using Xunit.Abstractions;
using TestCarrier = Serverless.Tests.Integration.Carrier.CarrierUnderTest;

namespace Serverless.Tests.Integration.Contacts;

/// <summary>The carrier's own opt-out list says what ours does, whatever goes wrong in between.</summary>
public sealed class OptOutsTests(AzuriteFixture azurite, ITestOutputHelper output) : IClassFixture<AzuriteFixture>, IAsyncLifetime
{
    private static readonly SemaphoreSlim s_runsAtOnce = new(24);
    private static readonly TimeSpan s_later = TimeSpan.FromMinutes(10);
    private static readonly PhoneNumber s_sender = PhoneNumber.Parse(TestCarrier.Sender);

    private readonly ManualTime _time = new();
    private int _people;
    private TestCarrier _carrier = null!;
    private AppProcess _app = null!;
    private Dictionary<string, string?> _settings = null!;

    public async Task InitializeAsync()
    {
        _carrier = await TestCarrier.StartAsync();
        _settings = NewSettings();
        _app = AppProcess.Start(_settings, _time);
    }

    public async Task DisposeAsync()
    {
        await _app.DropTablesAsync();
        await _app.DisposeAsync();
        await _carrier.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_is_opted_out_by_a_person_is_on_the_carriers_list_until_opted_in_again()
    {
        var person = Number(1);

        await _app.Get<OptOuts>().RecordAsync(person, Said(true, 1), default);
        Assert.True(await IsListedAsync(person));

        var facts = await _app.Get<OptOuts>().RecordAsync(person, Said(false, 2), default);
        Assert.False(await IsListedAsync(person));
        Assert.Null(facts.OptOut);
    }

    [Fact]
    public async Task An_opt_out_holds_while_the_carrier_is_away_and_the_carrier_is_told_when_it_is_back()
    {
        var person = Number(1);
        await using (var away = AppProcess.Start(new Dictionary<string, string?>(_settings) { ["Sms:ConnectionString"] = "endpoint=http://127.0.0.1:1/;accesskey=AAAA" }, _time))
        {
            Assert.NotNull((await away.Get<OptOuts>().RecordAsync(person, Said(true, 1), default)).OptOut);
            _time.Advance(s_later);
            await away.DispatchAsync();
        }
        Assert.False(await IsListedAsync(person));

        _time.Advance(s_later);
        await _app.DispatchAsync();

        Assert.True(await IsListedAsync(person));
        Assert.Empty(await DueAsync(_app));
    }

    [Fact]
    public async Task What_the_carrier_said_itself_it_is_not_told()
    {
        var person = Number(1);

        var facts = await _app.Get<OptOuts>().RecordAsync(person, new OptOutEntry(true, At(1), OptOutSource.Carrier, "4007", s_sender, "Outgoing_1"), default);

        Assert.Equal(new ListedOptOut(s_sender, true), facts.Listed);
        Assert.False(await IsListedAsync(person));
        Assert.Empty(await DueAsync(_app));
        await _app.Get<OptOuts>().RecordAsync(person, Said(false, 2), default);
        Assert.Equal(new ListedOptOut(s_sender, false), (await _app.Get<NumberTable>().FindAsync(person, default)).Listed);
    }

    [Fact]
    public async Task However_two_processes_opt_in_and_out_at_once_both_lists_agree()
    {
        await using var other = AppProcess.Start(_settings, _time);
        var people = Enumerable.Range(0, 12).Select(Number).ToList();

        await Task.WhenAll(people.SelectMany(person => Enumerable.Range(0, 4).Select(minute =>
            (minute % 2 == 0 ? _app : other).Get<OptOuts>().RecordAsync(person, Said((minute + person.Value[^1]) % 2 == 0, minute), default))));

        foreach (var person in people)
        {
            var facts = await _app.Get<NumberTable>().FindAsync(person, default);
            Assert.Equal((3 + person.Value[^1]) % 2 == 0, facts.OptOut is not null);
            Assert.Equal(facts.OptOut is not null, await IsListedAsync(person));
        }
    }

    [Fact]
    public async Task B_24_Whichever_call_goes_wrong_nothing_said_is_lost_and_both_lists_agree()
    {
        await new FaultSweep(SweepAsync, s_runsAtOnce, output) { Stride = 2 }.RunAsync();

        async Task<IEnumerable<string>> SweepAsync(FaultInjector injector, int run)
        {
            var time = new ManualTime();
            await using var world = new SweptApp(NewSettings(), time, injector);
            var (person, violations) = (Number(1000 + Interlocked.Increment(ref _people)), new List<string>());

            await world.UntilDoneAsync(app => app.Get<OptOuts>().RecordAsync(person, Said(true, 1, "Incoming_1"), default));
            await world.UntilDoneAsync(app => app.Get<OptOuts>().RecordAsync(person, Said(false, 2, "Incoming_2"), default));
            // Whoever says this one goes away without an answer.
            var kept = await world.TryAsync(app => app.Get<OptOuts>().RecordAsync(person, Said(true, 3, "Incoming_3"), default));
            for (var rounds = 0; rounds < 3; rounds++)
            {
                time.Advance(s_later);
                await world.UntilDoneAsync(app => app.DispatchAsync());
            }

            var facts = await world.Observer.Get<NumberTable>().FindAsync(person, default);
            var said = facts.OptOuts.Entries.Select(entry => entry.MessageId).Reverse().ToList();
            if (!said.Take(2).SequenceEqual(["Incoming_1", "Incoming_2"]) || (kept && said.Count != 3)) violations.Add($"What was said is {string.Join(", ", said)}.");
            if (facts.OptOut is not null != (said.Count == 3)) violations.Add("What was said last does not hold.");
            if (await IsListedAsync(person) != facts.OptOut is not null) violations.Add("The carrier's list says something else.");
            if ((await DueAsync(world.Observer)).Count > 0) violations.Add("Something is due for ever.");
            return violations;
        }
    }

    private Dictionary<string, string?> NewSettings() => new()
    {
        ["Storage:ConnectionString"] = azurite.ConnectionString,
        ["Storage:TablePrefix"] = $"o{Guid.NewGuid():N}"[..16],
        ["Sms:ConnectionString"] = _carrier.Server.ConnectionString,
        ["Sms:From"] = TestCarrier.Sender,
    };

    private async Task<bool> IsListedAsync(PhoneNumber person)
    {
        var body = new { from = TestCarrier.Sender, recipients = new[] { new { to = person.Value } } };
        using var response = await _carrier.SignedAsync(HttpMethod.Post, $"/sms/optouts:check?api-version={TestCarrier.Version}", body);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("value")[0].GetProperty("isOptedOut").GetBoolean();
    }

    private static Task<IReadOnlyList<DueItem>> DueAsync(AppProcess app) => app.Due.ReadAsync(DateTimeOffset.MaxValue, 1000, default);

    private static OptOutEntry Said(bool optedOut, int minute, string? id = null) => new(optedOut, At(minute), OptOutSource.Person, null, s_sender, id);

    private static DateTimeOffset At(int minute) => ManualTime.Start.AddHours(-1).AddMinutes(minute);

    private static PhoneNumber Number(int i) => PhoneNumber.Parse($"+1604{220 + (i / 10_000)}{i % 10_000:D4}");

    /// <summary>An app whose process is followed by another when it dies.</summary>
    private sealed class SweptApp(Dictionary<string, string?> settings, TimeProvider time, FaultInjector injector) : IAsyncDisposable
    {
        private const int MaxTries = 10;

        private AppProcess _app = AppProcess.Start(settings, time, injector);

        public AppProcess Observer { get; } = AppProcess.Start(settings, time);

        public async Task UntilDoneAsync(Func<AppProcess, Task> work)
        {
            for (var tries = 0; !await TryAsync(work); tries++)
            {
                if (tries == MaxTries) throw new TimeoutException("It does not succeed.");
            }
        }

        public async Task<bool> TryAsync(Func<AppProcess, Task> work)
        {
            try
            {
                await work(_app);
                return !_app.IsDead;
            }
            catch (Exception)
            {
                return false;
            }
            finally
            {
                if (_app.IsDead)
                {
                    await _app.DisposeAsync();
                    _app = AppProcess.Start(settings, time, injector);
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _app.DisposeAsync();
            await Observer.DropTablesAsync();
            await Observer.DisposeAsync();
        }
    }
}
