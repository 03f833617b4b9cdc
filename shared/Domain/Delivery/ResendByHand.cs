namespace Serverless.Delivery;

/// <summary>Whether a person who sends a failed text again can hope that it works.</summary>
public enum ResendByHand
{
    /// <summary>It may work as it is.</summary>
    Yes = 1,

    /// <summary>Only with another number, which makes it another text: this one cannot work.</summary>
    AfterCorrection = 2,

    /// <summary>Once the operator has put the sender right.</summary>
    AfterFix = 3,

    /// <summary>While it is still re-sent by itself; when that was given up, it cannot work.</summary>
    UntilFinal = 4,

    /// <summary>It cannot work.</summary>
    No = 5,
}
