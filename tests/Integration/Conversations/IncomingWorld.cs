using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serverless.Contacts;
using Serverless.Conversations;
using Serverless.Messages;
using Serverless.Tests.Integration.Faults;

namespace Serverless.Tests.Integration.Conversations;

/// <summary>An app that people text to, in tables of its own, with a carrier and a clock of its own.</summary>
internal sealed class IncomingWorld : IAsyncDisposable
{
    private readonly Faults.CarrierUnderTest _carrier;
    private readonly Dictionary<string, string?> _settings;
    private int _numbers;

    private IncomingWorld(Faults.CarrierUnderTest carrier, ManualTime time, Dictionary<string, string?> settings)
    {
        (_carrier, Time, _settings) = (carrier, time, settings);
        App = Another();
    }

    public ManualTime Time { get; }

    public FakeInvitations Invitations { get; } = new();

    public AppProcess App { get; }

    public IncomingIntake Intake => App.Get<IncomingIntake>();

    public ThreadTable Threads => App.Get<ThreadTable>();

    public static async Task<IncomingWorld> StartAsync(AzuriteFixture azurite, ReportReceiver receiver)
    {
        var time = new ManualTime();
        var carrier = await Faults.CarrierUnderTest.StartAsync(receiver, time);
        return new IncomingWorld(carrier, time, carrier.Settings(azurite.ConnectionString));
    }

    /// <summary>Another process of the app.</summary>
    public AppProcess Another(FaultInjector? injector = null) =>
        AppProcess.Start(_settings, Time, injector, services => services.RemoveAll<IInvitations>().AddSingleton<IInvitations>(Invitations));

    /// <summary>A number that nobody has.</summary>
    public PhoneNumber NewNumber()
    {
        var number = Interlocked.Increment(ref _numbers);
        return PhoneNumber.Parse(string.Create(CultureInfo.InvariantCulture, $"+1604{600 + number / 100:D3}{100 + number % 100:D4}"));
    }

    public async Task<Contact> NewContactAsync(params PhoneNumber[] numbers)
    {
        var now = Time.GetUtcNow();
        var contact = new Contact
        {
            Id = Guid.NewGuid().ToString("N"),
            Name = "Ann",
            Numbers = [.. numbers.Select((number, i) => new ContactNumber(number, null, Texting: i == 0) { Since = now })],
            CreatedAt = now,
            UpdatedAt = now,
        };
        return await App.Get<ContactEditor>().CreateAsync(contact, default);
    }

    /// <summary>A contact that was texted, with a number.</summary>
    public async Task<(Contact Contact, PhoneNumber Number)> NewTextedContactAsync()
    {
        var number = NewNumber();
        var contact = await NewContactAsync(number);
        await TextAsync(contact);
        return (contact, number);
    }

    /// <summary>Enters a text to a contact, as whoever sends one does; a minute ago, as an answer to it takes a while.</summary>
    public Task TextAsync(Contact contact) => Threads.TouchAsync(contact.Id, MessageId.New(contact.TextingNumber!, Time.GetUtcNow().AddMinutes(-1)), "Hello", default);

    public Task<List<Message>> ThreadAsync(Contact contact) =>
        App.Get<ThreadReader>().NewestFirstAsync(contact, null, 100, default).Where(message => ThreadReader.Belongs(contact, message)).ToListAsync().AsTask();

    public Task<IReadOnlyList<CarriedText>> TextsAsync() => _carrier.TextsAsync();

    public static IncomingText From(PhoneNumber number, string text, string? id = null, DateTimeOffset? at = null) =>
        new(id ?? Guid.NewGuid().ToString(), number.Value, "+18335550100", text, at ?? ManualTime.Start);

    public async ValueTask DisposeAsync()
    {
        await App.DropTablesAsync();
        await App.DisposeAsync();
        await _carrier.DisposeAsync();
    }
}
