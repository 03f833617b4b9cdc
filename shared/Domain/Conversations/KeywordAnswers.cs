using Serverless.Contacts;

namespace Serverless.Conversations;

/// <summary>
/// Which keywords we answer, so that nobody gets two answers and nobody none: of a toll-free sender the carrier answers STOP and START by
/// itself, of other senders it may answer all three, with the texts of the programme that the sender is registered for.
/// </summary>
public static class KeywordAnswers
{
    /// <summary>Our answer to a keyword; null where the carrier gives it, or nobody has to.</summary>
    /// <param name="keyword">What the person wrote.</param>
    /// <param name="sender">The organisation's number, towards which it was said.</param>
    /// <param name="carrierAnswers">Whether the carrier answers keywords where the sender is not toll-free.</param>
    /// <param name="organisation">Who the organisation is.</param>
    /// <param name="contact">How it can be reached otherwise.</param>
    public static string? Of(Keyword keyword, PhoneNumber sender, bool carrierAnswers, string organisation, string contact) => keyword switch
    {
        Keyword.Help when sender.IsTollFree || !carrierAnswers =>
            $"{organisation}: for help, contact {contact}. How often we text varies; message and data rates may apply. Reply STOP to get no more texts.",
        Keyword.Start when !sender.IsTollFree && !carrierAnswers =>
            $"{organisation}: you get our texts again. Contact: {contact}. Reply HELP for help, STOP to get no more texts.",
        _ => null,
    };
}
