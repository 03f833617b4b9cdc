using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Serverless.Local.Carrier.Faults;
using Serverless.Local.Carrier.Records;
using Serverless.Local.Carrier.Sending;

namespace Serverless.Local.Carrier.Http;

/// <summary>How everything is written and read: camelCase, a plus stays a plus.</summary>
internal static class CarrierJson
{
    public static readonly JavaScriptEncoder Relaxed = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static readonly CarrierJsonContext Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
        Encoder = Relaxed,
    });
}

[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(SendAnswer))]
[JsonSerializable(typeof(OptOutRequest))]
[JsonSerializable(typeof(OptOutAnswer))]
[JsonSerializable(typeof(IncomingRequest))]
[JsonSerializable(typeof(IncomingAnswer))]
[JsonSerializable(typeof(FaultSettings))]
[JsonSerializable(typeof(StatsAnswer))]
[JsonSerializable(typeof(TextList))]
[JsonSerializable(typeof(ServiceError))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class CarrierJsonContext : JsonSerializerContext;
