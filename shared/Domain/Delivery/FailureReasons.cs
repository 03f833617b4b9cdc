using System.Collections.Frozen;
using static Serverless.Delivery.FailureClass;
using static Serverless.Delivery.FailureReason;
using static Serverless.Delivery.ResendByHand;

namespace Serverless.Delivery;

/// <summary>
/// The one table of failure reasons: what each one leads to and what it is called. A value that is not a
/// <see cref="FailureReason"/> makes every member throw <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public static class FailureReasons
{
    private static readonly Row[] s_rows =
    [
        new(InvalidNumber, Hard, 0, AfterCorrection,
            Named("Invalid number", "Unreachable number", "Invalid number", "Invalid Number"),
            "Correct the number. It must be a complete North American one, area code included."),
        new(UnsupportedCountry, Hard, 0, No,
            Named("Unsupported country", "Unreachable number", "HTTP 400 error - Unable to create record", "International Number"),
            "Only numbers of the United States and Canada can be texted. Use another way to reach this person."),
        new(NumberUnknown, Hard, 0, No,
            Named("Number does not exist", "Unreachable number", "Unknown destination handset", "Invalid Number"),
            "Ask for a new number. If this keeps happening, opt the number out.",
            SuggestOptOutAfter: 3),
        new(LandlineOrUnreachableCarrier, Hard, 0, No,
            Named("Landline or unreachable carrier", "Rejected by carrier", "Landline or unreachable carrier", "Unreachable Number"),
            "This number cannot take texts. Opt it out, and use another way to reach this person.",
            SuggestOptOutAfter: 1),
        new(HandsetUnreachable, Soft, Unbounded, UntilFinal,
            Named("Phone switched off or out of reach", "Unreachable number", "Unreachable destination handset", "Unreachable Number"),
            "The text is sent again by itself as long as it may work. If this keeps happening, opt the number out.",
            SuggestOptOutAfter: 3),
        new(CarrierBlocked, Blocked, 0, Yes,
            Named("Blocked by carrier", "Rejected by carrier", "Carrier violation", "Blocked by Carrier/User"),
            "The carrier refused this text. Check the wording; if it breaks no rule, appeal through support."),
        new(ContentFiltered, Blocked, 0, Yes,
            Named("Filtered as spam", "Rejected by carrier", "Carrier violation", "Blocked by Carrier/User"),
            "This text was taken for spam. Reword it, or appeal through support."),
        new(RecipientBlocked, Blocked, 0, No,
            Named("Recipient blocks this sender", "Rejected by carrier", "Carrier violation", "Blocked by Carrier/User"),
            "This number accepts no texts from you. Opt it out, and use another way to reach this person.",
            SuggestOptOutAfter: 1),
        new(FailureReason.OptedOut, FailureClass.OptedOut, 0, No,
            Named("Opted out", "Rejected by carrier", "Opted out", "Opted out"),
            "This person opted out. Nobody else can opt them in again."),
        new(RateLimited, Soft, Unbounded, Yes,
            Named("Sending too fast", "Temporary error", "Unknown", ReattemptingDelivery),
            "Nothing to do: sending slows down by itself."),
        new(TemporaryError, Soft, Unbounded, Yes,
            Named("Temporary error", "Temporary error", "Unknown", ReattemptingDelivery),
            "Nothing to do, this passes. If it does not, try again."),
        new(ProviderError, Soft, 1, Yes,
            Named("Carrier error", "Carrier error", "HTTP 400 error - Unable to create record", "There was an issue sending messages"),
            "The fault is on the carrier's side. Try again, and tell support if it stays."),
        new(UnknownError, Soft, 3, Yes,
            Named("Unknown error", "Unknown error", "Unknown error", "Failed for an unknown reason"),
            "Nobody can say why this failed. Try again."),
        new(PartialFailure, Hard, 0, Yes,
            Named("Only part arrived", "Carrier error", "Failed", "Partial Failure"),
            "Some parts of the text were lost. Make it shorter and send it again."),
        new(CreateFailed, Hard, 0, Yes,
            Named("Could not be created", "Temporary error", "HTTP 400 error - Unable to create record", "Failed to create message"),
            "The carrier did not take this text. Check the number and try again."),
        new(DeliveryUnconfirmed, Unconfirmed, 0, Yes,
            Named("No confirmation", "Possibly failed: check with contact", "Unknown", "Failed for an unknown reason"),
            "Ask the person whether the text came. Some carriers never confirm."),
        new(StatusLookupFailed, Unconfirmed, 0, Yes,
            Named("Status could not be fetched", "Possibly failed: check with contact", "HTTP 404 error - Unable to fetch record",
                "Failed for an unknown reason"),
            "Ask the person whether the text came. The carrier was asked and could not say."),
        new(SenderMisconfigured, Configuration, 0, AfterFix,
            Named("Sender not set up", "Temporary error", "HTTP 400 error - Unable to create record", "There was an issue sending messages"),
            "The operator must put the sender number or the access key right."),
        new(SenderNotVerified, Configuration, 0, AfterFix,
            Named("Sender not verified", "Rejected by carrier", "Carrier violation", "There was an issue sending messages"),
            "The operator must finish the verification of the sender number."),
        new(Expired, Hard, 0, Yes,
            Named("Expired", "Temporary error", "Failed", "All other"),
            "Its time was over before it could be sent. Send it again if it still matters."),
        new(LoopDetected, Hard, 0, Yes,
            Named("Repeated too often", "Temporary error", "Failed", "All other"),
            "The same text went to this number too many times. Find out why before you send it again."),
    ];

    private static readonly FrozenDictionary<FailureReason, Row> s_byReason = s_rows.ToFrozenDictionary(row => row.Reason);

    /// <summary>Every reason, in the order of the numbers.</summary>
    public static IReadOnlyList<FailureReason> All { get; } = [.. s_rows.Select(row => row.Reason)];

    /// <summary>What kind of failure the reason is.</summary>
    public static FailureClass ClassOf(FailureReason reason) => Of(reason).Class;

    /// <summary>
    /// How many times at most a text is sent again by itself: 0 for never, null where the reason sets no bound and the
    /// schedule or the user does.
    /// </summary>
    public static int? AutomaticResendsOf(FailureReason reason) => Of(reason).AutomaticResends;

    /// <summary>What a re-send by a person depends on.</summary>
    public static ResendByHand ByHandOf(FailureReason reason) => Of(reason).ByHand;

    /// <summary>
    /// Whether a person may send a settled text again without force: the same text to the same number can work. What
    /// needs the operator's fix counts as possible, since nobody here knows when that is done.
    /// </summary>
    public static bool CanResendByHand(FailureReason reason) => ByHandOf(reason) is Yes or AfterFix;

    /// <summary>What a user can do about it: one or two sentences, the same in every vocabulary.</summary>
    public static string AdviceOf(FailureReason reason) => Of(reason).Advice;

    /// <summary>After how many failures in a row for this reason an opt-out is suggested: 1, 3, or null for never.</summary>
    public static int? SuggestOptOutAfter(FailureReason reason) => Of(reason).SuggestOptOutAfter;

    /// <summary>What an attempt that ended for this reason is recorded as.</summary>
    public static AttemptOutcome OutcomeOf(FailureReason reason) => (reason, ClassOf(reason)) switch
    {
        (PartialFailure, _) => AttemptOutcome.Partial,
        (CreateFailed, _) or (_, Configuration) => AttemptOutcome.Refused,
        (_, Soft) => AttemptOutcome.SoftBounce,
        (_, Hard) => AttemptOutcome.HardBounce,
        (_, Blocked) => AttemptOutcome.Blocked,
        (_, Unconfirmed) => AttemptOutcome.Unconfirmed,
        (_, FailureClass.OptedOut) => AttemptOutcome.OptedOut,
        (_, var unnamed) => throw new InvalidOperationException($"No outcome for {unnamed}."),
    };

    internal const string ReattemptingDelivery = "Re-attempting Delivery";

    private const string SalesLabel = "error";

    private static int? Unbounded => null;

    internal static Labels LabelsOf(FailureReason reason) => Of(reason).Labels;

    private static Row Of(FailureReason reason) => s_byReason.TryGetValue(reason, out var row)
        ? row
        : throw new ArgumentOutOfRangeException(nameof(reason), reason, "No such reason.");

    private static Labels Named(string standard, string office, string marketing, string school) =>
        new(standard, office, SalesLabel, marketing, school);

    private sealed record Row(
        FailureReason Reason,
        FailureClass Class,
        int? AutomaticResends,
        ResendByHand ByHand,
        Labels Labels,
        string Advice,
        int? SuggestOptOutAfter = null);
}
