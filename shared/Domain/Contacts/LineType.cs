using System.Text.Json.Serialization;

namespace Serverless.Contacts;

/// <summary>What kind of line a number is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LineType>))]
public enum LineType
{
    /// <summary>A mobile phone.</summary>
    [JsonStringEnumMemberName("mobile")]
    Mobile = 1,

    /// <summary>A landline: it takes no texts.</summary>
    [JsonStringEnumMemberName("landline")]
    Landline = 2,

    /// <summary>A line over the internet.</summary>
    [JsonStringEnumMemberName("voip")]
    Voip = 3,
}
