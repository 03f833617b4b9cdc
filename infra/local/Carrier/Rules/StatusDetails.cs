using System.Collections.Frozen;
using System.Globalization;

namespace Serverless.Local.Carrier.Rules;

/// <summary>
/// The words of a report. The real service has no fixed format for them, so three are in use here, and the same text always gets
/// the same one.
/// </summary>
internal static class StatusDetails
{
    public const int OptedOut = 4007;

    /// <summary>No code of the service's: the segment counts alone say it, and its words hold no number.</summary>
    public const int PartiallyDelivered = 3009;

    private static readonly FrozenDictionary<int, string> Failures = new Dictionary<int, string>
    {
        [4000] = "Message rejected by fraud detection",
        [4001] = "Invalid From phone number format",
        [4002] = "Invalid To phone number format",
        [4003] = "Destination is not supported",
        [4004] = "To phone number does not exist",
        [4005] = "Message blocked by the destination carrier",
        [4006] = "To phone number is not reachable",
        [OptedOut] = "Recipient opted out",
        [4008] = "Too many messages for this profile",
        [4009] = "Message rejected by the entitlement system",
        [4010] = "Toll-free number is not verified",
        [4020] = "Carrier volume violation",
        [5000] = "Message delivery failed",
        [5001] = "Service temporarily unavailable",
        [5002] = "Message Delivery Timeout",
        [9999] = "Unknown failure",
    }.ToFrozenDictionary();

    public static IEnumerable<int> FailureCodes => Failures.Keys;

    /// <param name="code">A code of the service, or <see cref="PartiallyDelivered"/>.</param>
    /// <param name="style">Any number: its remainder picks the format.</param>
    /// <param name="onOptOutList">The recipient is on the opt-out list, which the service may say without a code.</param>
    public static string Of(int code, int style, bool onOptOutList) => (code, style % 3) switch
    {
        (PartiallyDelivered, _) => "Some segments were not delivered",
        (PlannedReport.Delivered, 0) => "No error.",
        (OptedOut, 0) when onOptOutList => "Sender blocked for given recipient",
        (_, 1) => string.Create(CultureInfo.InvariantCulture, $"ErrorCode: {code}. ErrorMessage: {Words(code)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{code}: {Words(code)}"),
    };

    private static string Words(int code) => code == PlannedReport.Delivered ? "No Error" : Failures[code];
}
