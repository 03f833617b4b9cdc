using System.Globalization;
using System.Text.RegularExpressions;

namespace Serverless.Delivery;

/// <summary>
/// Puts what the carrier says into our words. The only place that knows its codes. Total and pure: whatever the carrier
/// sends, nothing here throws.
/// </summary>
public static partial class CarrierCodes
{
    private const string OptOutPhrase = "Sender blocked for given recipient";

    /// <summary>Reads a delivery report.</summary>
    /// <param name="deliveryStatus"><c>Delivered</c> or <c>Failed</c>, in any casing.</param>
    /// <param name="details">Words in no fixed form; the first number of exactly four digits is the code.</param>
    /// <param name="segmentsSucceeded">Of the carrier's last attempt, 0 if unknown.</param>
    /// <param name="segmentsFailed">Of the carrier's last attempt, 0 if unknown.</param>
    /// <returns>Null when the status is neither of the two: this is no report that we understand.</returns>
    public static DeliveryVerdict? FromReport(string? deliveryStatus, string? details, int segmentsSucceeded, int segmentsFailed)
    {
        var code = CodeIn(details);
        if (Is(deliveryStatus, "Delivered")) return new(Delivered: true, Reason: null, code, Unmapped: false);
        if (!Is(deliveryStatus, "Failed")) return null;

        var reason = SaysOptedOut(details) ? FailureReason.OptedOut : ReasonOf(code);
        if (segmentsSucceeded > 0 && segmentsFailed > 0 && YieldsToPartialFailure(reason)) reason = FailureReason.PartialFailure;
        return new(Delivered: false, reason ?? FailureReason.UnknownError, code, Unmapped: reason is null);
    }

    /// <summary>Reads the answer for one recipient that a send call did not take.</summary>
    /// <param name="httpStatusCode">The recipient's own status, not that of the call.</param>
    /// <param name="errorMessage">The carrier's words, which say whether the number is at fault.</param>
    public static SendRefusal FromRecipient(int httpStatusCode, string? errorMessage) => new(
        httpStatusCode switch
        {
            400 when BlamesRecipientNumber(errorMessage) => FailureReason.InvalidNumber,
            429 => FailureReason.RateLimited,
            408 or >= 500 => FailureReason.TemporaryError,
            _ => FailureReason.CreateFailed,
        },
        CodeOf(httpStatusCode));

    /// <summary>
    /// Reads the answer to a send call that failed as a whole. An answer that makes no sense is as good as a lost one: the
    /// texts may have been taken, so it is tried again under the same repeatability ids.
    /// </summary>
    /// <param name="httpStatusCode">0 when there was no answer: a time-out, or the connection was lost.</param>
    public static SendRefusal FromCall(int httpStatusCode) => new(
        httpStatusCode switch
        {
            401 or 403 => FailureReason.SenderMisconfigured,
            408 => FailureReason.TemporaryError,
            429 => FailureReason.RateLimited,
            >= 400 and < 500 => FailureReason.CreateFailed,
            _ => FailureReason.TemporaryError,
        },
        CodeOf(httpStatusCode));

    private static FailureReason? ReasonOf(string? code) => code switch
    {
        "4000" or "4009" => FailureReason.ContentFiltered,
        "4001" => FailureReason.SenderMisconfigured,
        "4002" => FailureReason.InvalidNumber,
        "4003" => FailureReason.UnsupportedCountry,
        "4004" => FailureReason.NumberUnknown,
        "4005" => FailureReason.CarrierBlocked,
        "4006" => FailureReason.HandsetUnreachable,
        "4007" => FailureReason.OptedOut,
        "4008" or "4020" => FailureReason.RateLimited,
        "4010" => FailureReason.SenderNotVerified,
        "5000" => FailureReason.ProviderError,
        "5001" => FailureReason.TemporaryError,
        "5002" => FailureReason.DeliveryUnconfirmed,
        "9999" => FailureReason.UnknownError,
        _ => null,
    };

    // Where part of a text arrived, sending all of it again by itself would be wrong, and so would doubt. A final reason says more.
    private static bool YieldsToPartialFailure(FailureReason? reason) =>
        reason is not { } known || FailureReasons.ClassOf(known) is FailureClass.Soft or FailureClass.Unconfirmed;

    private static bool BlamesRecipientNumber(string? message) =>
        message is not null && PhoneNumberWord().IsMatch(message) && !SenderWord().IsMatch(message);

    private static bool SaysOptedOut(string? details) => details?.Contains(OptOutPhrase, StringComparison.OrdinalIgnoreCase) is true;

    private static bool Is(string? text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    private static string? CodeIn(string? details) => details is not null && FourDigits().Match(details) is { Success: true } match ? match.Value : null;

    private static string? CodeOf(int httpStatusCode) => httpStatusCode is 0 ? null : httpStatusCode.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex("(?<![0-9])[0-9]{4}(?![0-9])")]
    private static partial Regex FourDigits();

    [GeneratedRegex(@"\bnumber\b(?!\s+of\b)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex PhoneNumberWord();

    [GeneratedRegex(@"\b(from|sender)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SenderWord();
}
