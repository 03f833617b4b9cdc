namespace Serverless.Delivery;

/// <summary>
/// Why a text did not arrive, or is not known to have arrived. The numbers are stored and never change their meaning.
/// What each one is called, and what follows from it, is one table beside it.
/// </summary>
public enum FailureReason
{
    /// <summary>The number is not a well-formed North American one.</summary>
    InvalidNumber = 1,

    /// <summary>The number is of a country that cannot be texted from here.</summary>
    UnsupportedCountry = 2,

    /// <summary>The number does not exist.</summary>
    NumberUnknown = 3,

    /// <summary>A landline, or a carrier that takes no texts.</summary>
    LandlineOrUnreachableCarrier = 4,

    /// <summary>The phone is switched off or out of reach.</summary>
    HandsetUnreachable = 5,

    /// <summary>The person's carrier refused the text.</summary>
    CarrierBlocked = 6,

    /// <summary>The text was taken for spam.</summary>
    ContentFiltered = 7,

    /// <summary>The person does not accept texts from this sender.</summary>
    RecipientBlocked = 8,

    /// <summary>The person opted out.</summary>
    OptedOut = 9,

    /// <summary>Texts were sent faster than the sender may.</summary>
    RateLimited = 10,

    /// <summary>A fault that passes by itself.</summary>
    TemporaryError = 11,

    /// <summary>A fault on the carrier's side.</summary>
    ProviderError = 12,

    /// <summary>A failure that no carrier explains.</summary>
    UnknownError = 13,

    /// <summary>Some segments of the text arrived, others did not.</summary>
    PartialFailure = 14,

    /// <summary>The carrier would not create the text, for another reason than its number.</summary>
    CreateFailed = 15,

    /// <summary>No report came, or the carrier says that it got none.</summary>
    DeliveryUnconfirmed = 16,

    /// <summary>No report came, and the carrier, when asked, did not know the text.</summary>
    StatusLookupFailed = 17,

    /// <summary>The sender number or the carrier's key is wrong.</summary>
    SenderMisconfigured = 18,

    /// <summary>The sender number is not verified.</summary>
    SenderNotVerified = 19,

    /// <summary>Its time was over before it could be sent.</summary>
    Expired = 20,

    /// <summary>The same text went to the same number too often.</summary>
    LoopDetected = 21,
}
