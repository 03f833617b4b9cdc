using Microsoft.Extensions.Options;
using Serverless.Delivery;
using Serverless.Due;

namespace Serverless.Contacts;

/// <summary>
/// The one way to opt somebody out or in: it keeps what was said, and sees to it that the carrier's list says the same. Our own is looked
/// at before each text, so an opt-out holds as soon as it is stored, whether or not the carrier can be told.
/// </summary>
public sealed class OptOuts(
    NumberTable numbers,
    DueTable due,
    ISmsOptOutList carrier,
    IOptions<SmsOptions> sms,
    IOptions<DeliveryOptions> options,
    TimeProvider time) : IDueHandler
{
    /// <inheritdoc/>
    public string Kind => "optout"; // without a hyphen: that parts the row keys of what is due

    /// <summary>Keeps that somebody opted out or in, whenever that was, and tells the carrier if it does not know. Safe to repeat.</summary>
    /// <returns>What is known of the number now; what was said later than this holds all the same.</returns>
    public async Task<NumberFacts> RecordAsync(PhoneNumber number, OptOutEntry entry, CancellationToken cancellationToken)
    {
        // On which words the carrier acts by itself is not told, so it is told of keywords too: that does no harm.
        if (entry.Source is OptOutSource.Carrier) return await numbers.ChangeAsync(number, facts => AsListed(facts.With(entry), entry), cancellationToken);
        await due.AddAsync(time.GetUtcNow() + options.Value.SafetyNet, Kind, number.Value, cancellationToken);
        var facts = await numbers.ChangeAsync(number, facts => BeforeTelling(facts.With(entry)), cancellationToken);
        await TellInTimeAsync(facts, cancellationToken);
        return facts;
    }

    /// <inheritdoc/>
    public async Task<DateTimeOffset?> AttendAsync(string key, CancellationToken cancellationToken)
    {
        var facts = await numbers.FindAsync(PhoneNumber.Parse(key), cancellationToken);
        if (await TellAsync(facts, cancellationToken)) return null;
        var now = time.GetUtcNow();
        return now + options.Value.PauseAfter(now - facts.OptOuts.Entries[0].At);
    }

    /// <summary>What the carrier itself said stands on its list.</summary>
    private static NumberFacts AsListed(NumberFacts facts, OptOutEntry entry)
    {
        var says = entry is { Sender: { } sender } && entry.OptedOut == facts.OptOut is not null ? new ListedOptOut(sender, entry.OptedOut) : facts.Listed;
        return says == facts.Listed ? facts : facts with { Listed = says };
    }

    /// <summary>Tells the carrier, unless that takes too long for who waits: then it is told when that is due.</summary>
    private async Task TellInTimeAsync(NumberFacts facts, CancellationToken cancellationToken)
    {
        using var inTime = new CancellationTokenSource(options.Value.AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(inTime.Token, cancellationToken);
        try
        {
            await TellAsync(facts, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    /// <summary>
    /// Tells the carrier what holds. Whoever finds that something else holds by then tells it again: the carrier may have heard the two in
    /// any order.
    /// </summary>
    /// <returns>Whether the carrier's list says what holds.</returns>
    private async Task<bool> TellAsync(NumberFacts facts, CancellationToken cancellationToken)
    {
        if (sms.Value.Sender is not { } sender) return true;
        for (var told = Listed(facts, sender); told != facts.OptOut is not null;)
        {
            told = facts.OptOut is not null;
            if (!await carrier.SetAsync(sender, facts.Number, told.Value, cancellationToken)) return false;
            facts = await numbers.ChangeAsync(facts.Number, now => now.OptOut is not null == told ? now with { Listed = new ListedOptOut(sender, told) } : now, cancellationToken);
        }
        return true;
    }

    /// <summary>What the list says is unknown from before the call until its answer is stored: it may be lost.</summary>
    private NumberFacts BeforeTelling(NumberFacts facts) =>
        sms.Value.Sender is { } sender && Listed(facts, sender) != facts.OptOut is not null ? facts with { Listed = new ListedOptOut(sender, null) } : facts;

    private static bool? Listed(NumberFacts facts, PhoneNumber sender) => facts.Listed is { } listed && listed.Sender == sender ? listed.OptedOut : false;
}
