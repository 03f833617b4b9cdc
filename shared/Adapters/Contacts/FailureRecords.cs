using Serverless.Storage;

namespace Serverless.Contacts;

/// <summary>
/// Keeps what becomes of texts, number by number. A delivery is kept only where something failed before, so where all goes well it costs a
/// read, which those who ask at the same time share. To be called before what is told of is stored elsewhere: then a crash in between
/// repeats both.
/// </summary>
public sealed class FailureRecords
{
    private const int CallsAtOnce = 256;

    private readonly NumberTable _numbers;
    private readonly GroupCommit<IReadOnlyList<(PhoneNumber To, NumberOutcome Outcome)>> _calls;

    /// <param name="numbers">Where they are kept.</param>
    public FailureRecords(NumberTable numbers)
    {
        _numbers = numbers;
        _calls = new GroupCommit<IReadOnlyList<(PhoneNumber To, NumberOutcome Outcome)>>(calls => RecordAsync(calls.SelectMany(call => call)), CallsAtOnce);
    }

    /// <summary>Keeps what became of texts. Safe to repeat, and in any order.</summary>
    public Task RecordAsync(IReadOnlyList<(PhoneNumber To, NumberOutcome Outcome)> outcomes, CancellationToken cancellationToken) =>
        outcomes.Count == 0 ? Task.CompletedTask : _calls.AddAsync(outcomes, cancellationToken);

    private async Task RecordAsync(IEnumerable<(PhoneNumber To, NumberOutcome Outcome)> outcomes)
    {
        var byNumber = outcomes.GroupBy(entry => entry.To, entry => entry.Outcome).OrderBy(number => number.Key.Value, StringComparer.Ordinal).ToList();
        var known = await _numbers.FindRowsAsync([.. byNumber.Select(number => number.Key)], CancellationToken.None);
        var changes = byNumber
            .Where(number => known.ContainsKey(number.Key) || number.Any(outcome => outcome.Kind is not OutcomeKind.Delivered))
            .ToDictionary(number => number.Key, number => (Func<NumberFacts, NumberFacts>)(facts => facts.With([.. number])));
        await _numbers.ChangeAsync(known, changes, CancellationToken.None);
    }
}
