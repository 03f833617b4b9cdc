using System.Text.Json.Serialization;

namespace Serverless.Delivery;

/// <summary>The colour in which a status is shown; the same in every vocabulary. Lower case in JSON.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Tone>))]
public enum Tone
{
    /// <summary>It arrived.</summary>
    [JsonStringEnumMemberName("green")]
    Green = 1,

    /// <summary>Still under way.</summary>
    [JsonStringEnumMemberName("yellow")]
    Yellow = 2,

    /// <summary>It failed, or may have.</summary>
    [JsonStringEnumMemberName("red")]
    Red = 3,

    /// <summary>Taken back.</summary>
    [JsonStringEnumMemberName("grey")]
    Grey = 4,
}
