namespace Serverless.Contacts;

/// <summary>What is known of a number, as callers see it.</summary>
internal sealed record NumberView(PhoneNumber Number, LineType? LineType, int Unconfirmed, int FailuresInARow, bool OptedOut, bool SuggestOptOut)
{
    public static NumberView Of(NumberFacts facts) =>
        new(facts.Number, facts.LineType, facts.Failures.Unconfirmed, facts.Failures.FailuresInARow, facts.OptOut is not null, facts.Suggestion is not null);
}
