namespace Serverless.Messages;

/// <summary>The alphabet a text is sent in. One character outside the first makes the whole text the second.</summary>
public enum SmsEncoding
{
    /// <summary>The default alphabet of GSM 03.38, seven bits a character, with its extension table.</summary>
    Gsm7 = 1,

    /// <summary>UTF-16, two bytes a unit.</summary>
    Ucs2 = 2,
}
