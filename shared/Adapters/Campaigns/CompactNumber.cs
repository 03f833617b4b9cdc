using Serverless.Contacts;

namespace Serverless.Campaigns;

/// <summary>A phone number as its ten digits: eight bytes, and in the order of the number.</summary>
internal static class CompactNumber
{
    private const string Prefix = "+1";
    private const int Digits = 10;

    /// <summary>How long a number is in E.164.</summary>
    public const int E164Length = 12;

    public static long Of(PhoneNumber number) => Of(number.Value);

    /// <exception cref="FormatException">It is no number in E.164.</exception>
    public static long Of(ReadOnlySpan<char> e164) => TryParse(e164, out var number) ? number : throw new FormatException("Not a phone number in E.164.");

    public static bool TryParse(ReadOnlySpan<char> e164, out long number)
    {
        number = 0;
        if (e164.Length != E164Length || !e164.StartsWith(Prefix)) return false;
        foreach (var digit in e164[Prefix.Length..])
        {
            if (!char.IsAsciiDigit(digit)) return false;
            number = (10 * number) + (digit - '0');
        }
        return true;
    }

    public static string ToE164(long number) => string.Create(E164Length, number, static (text, number) =>
    {
        Prefix.CopyTo(text);
        for (var i = text.Length - 1; i >= Prefix.Length; i--, number /= 10) text[i] = (char)('0' + (number % 10));
    });

    public static PhoneNumber ToPhoneNumber(long number) => PhoneNumber.Parse(ToE164(number));
}
