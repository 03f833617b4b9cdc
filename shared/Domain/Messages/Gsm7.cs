namespace Serverless.Messages;

/// <summary>The default alphabet of GSM 03.38 (3GPP TS 23.038), without the tables of single languages, which carriers do not promise.</summary>
internal static class Gsm7
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    private const string Extension = "\f^{}\\[~]|€";

    // Up to the euro sign, the last character of both tables.
    private static readonly byte[] Costs = CostsByCharacter();

    /// <summary>How many septets the character takes: 1, or 2 for one of the extension table; 0 when the alphabet lacks it.</summary>
    public static int Septets(char character) => character < Costs.Length ? Costs[character] : 0;

    private static byte[] CostsByCharacter()
    {
        var costs = new byte['€' + 1];
        foreach (var character in Basic) costs[character] = 1;
        foreach (var character in Extension) costs[character] = 2;
        return costs;
    }
}
