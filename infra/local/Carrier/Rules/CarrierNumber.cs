namespace Serverless.Local.Carrier.Rules;

/// <summary>Which numbers the carrier takes. It has its own idea of that, so that it does not share the mistakes of who calls it.</summary>
internal static class CarrierNumber
{
    /// <summary>E.164; under +1 also of the North American plan's form.</summary>
    public static bool IsRecipient(string? number)
    {
        if (number is not { Length: >= 9 and <= 16 } || number[0] != '+' || number[1] == '0') return false;
        if (number.AsSpan(1).ContainsAnyExceptInRange('0', '9')) return false;
        return number[1] != '1' || (number.Length == 12 && number[2] >= '2' && number[5] >= '2');
    }

    /// <summary>As <see cref="IsRecipient"/>, or a short code of five or six digits.</summary>
    public static bool IsSender(string? number) =>
        IsRecipient(number) || (number is { Length: 5 or 6 } && !number.AsSpan().ContainsAnyExceptInRange('0', '9'));
}
