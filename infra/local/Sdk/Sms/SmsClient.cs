using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Serverless.Local.Sms;

#pragma warning disable CA1716 // parameters are called what the real package calls them

/// <summary>
/// Sends texts through the SMS REST API. Each call makes fresh repeatability ids, one per recipient: the pipeline's own retries
/// repeat the same body and so are safe, a second call is a second text. Safe for use by many threads.
/// </summary>
public class SmsClient
{
    private const string Scope = "https://communication.azure.com//.default";

    private readonly HttpPipeline _pipeline;
    private readonly Uri _sendUri;

    /// <param name="connectionString"><c>endpoint=https://…;accesskey=…</c>; the names in any case.</param>
    /// <exception cref="InvalidOperationException">A part is missing.</exception>
    public SmsClient(string connectionString) : this(connectionString, new SmsClientOptions())
    {
    }

    /// <inheritdoc cref="SmsClient(string)"/>
    /// <param name="connectionString"><c>endpoint=https://…;accesskey=…</c>; the names in any case.</param>
    /// <param name="options"><see langword="null"/> means the defaults.</param>
    public SmsClient(string connectionString, SmsClientOptions? options) : this(ConnectionString.Parse(connectionString), options)
    {
    }

    /// <param name="endpoint">The address of the resource.</param>
    /// <param name="keyCredential">Read at every try, so that a key can be rotated while the client lives.</param>
    /// <param name="options"><see langword="null"/> means the defaults.</param>
    public SmsClient(Uri endpoint, AzureKeyCredential keyCredential, SmsClientOptions? options = null)
        : this(endpoint, new HmacAuthenticationPolicy(keyCredential ?? throw new ArgumentNullException(nameof(keyCredential))), options)
    {
    }

    /// <param name="endpoint">The address of the resource; a token is only ever sent over https.</param>
    /// <param name="tokenCredential">Where Entra tokens come from.</param>
    /// <param name="options"><see langword="null"/> means the defaults.</param>
    public SmsClient(Uri endpoint, TokenCredential tokenCredential, SmsClientOptions? options = null)
        : this(endpoint, new BearerTokenAuthenticationPolicy(tokenCredential, Scope), options)
    {
    }

    private SmsClient(ConnectionString connectionString, SmsClientOptions? options)
        : this(connectionString.Endpoint, new AzureKeyCredential(connectionString.AccessKey), options)
    {
    }

    private SmsClient(Uri endpoint, HttpPipelinePolicy authentication, SmsClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        options ??= new SmsClientOptions();
        _pipeline = HttpPipelineBuilder.Build(options, authentication);
        _sendUri = new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/sms?api-version={options.ApiVersion}");
    }

    /// <inheritdoc cref="SendAsync(string, IEnumerable{string}, string, SmsSendOptions, CancellationToken)"/>
    public virtual async Task<Response<SmsSendResult>> SendAsync(
        string from, string to, string message, SmsSendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(to);
        var response = await SendAsync(from, [to], message, options, cancellationToken);
        return Response.FromValue(response.Value[0], response.GetRawResponse());
    }

    /// <summary>Sends one text to up to 100 people. The results are in the order of the recipients.</summary>
    /// <param name="from">A number of the resource's own, in E.164, or a short code.</param>
    /// <param name="to">E.164. A recipient that is refused is a result, and no exception.</param>
    /// <param name="message">At most 2,048 UTF-16 units.</param>
    /// <param name="options"><see langword="null"/> asks for no delivery report.</param>
    /// <param name="cancellationToken">Cancelling after the request was sent leaves open whether the texts were taken.</param>
    /// <exception cref="RequestFailedException">The service refused the whole call, or could not be reached.</exception>
    public virtual async Task<Response<IReadOnlyList<SmsSendResult>>> SendAsync(
        string from, IEnumerable<string> to, string message, SmsSendOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var call = CreateCall(from, to, message, options);
        await _pipeline.SendAsync(call, cancellationToken);
        return ReadResults(call.Response);
    }

    /// <inheritdoc cref="SendAsync(string, IEnumerable{string}, string, SmsSendOptions, CancellationToken)"/>
    public virtual Response<SmsSendResult> Send(
        string from, string to, string message, SmsSendOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(to);
        var response = Send(from, [to], message, options, cancellationToken);
        return Response.FromValue(response.Value[0], response.GetRawResponse());
    }

    /// <inheritdoc cref="SendAsync(string, IEnumerable{string}, string, SmsSendOptions, CancellationToken)"/>
    public virtual Response<IReadOnlyList<SmsSendResult>> Send(
        string from, IEnumerable<string> to, string message, SmsSendOptions? options = null, CancellationToken cancellationToken = default)
    {
        using var call = CreateCall(from, to, message, options);
        _pipeline.Send(call, cancellationToken);
        return ReadResults(call.Response);
    }

    private HttpMessage CreateCall(string from, IEnumerable<string> to, string message, SmsSendOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(message);
        var body = WriteBody(from, to, message, options);
        var call = _pipeline.CreateMessage();
        call.Request.Method = RequestMethod.Post;
        call.Request.Uri.Reset(_sendUri);
        call.Request.Headers.Add("Accept", "application/json");
        call.Request.Headers.Add("Content-Type", "application/json");
        call.Request.Content = RequestContent.Create(body);
        return call;
    }

    private static ReadOnlyMemory<byte> WriteBody(string from, IEnumerable<string> to, string message, SmsSendOptions? options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("from", from);
        json.WriteStartArray("smsRecipients");
        foreach (var recipient in to) WriteRecipient(json, recipient);
        json.WriteEndArray();
        json.WriteString("message", message);
        if (options is not null) WriteOptions(json, options);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteRecipient(Utf8JsonWriter json, string recipient)
    {
        ArgumentException.ThrowIfNullOrEmpty(recipient, "to");
        json.WriteStartObject();
        json.WriteString("to", recipient);
        json.WriteString("repeatabilityRequestId", Guid.NewGuid());
        json.WriteString("repeatabilityFirstSent", DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WriteOptions(Utf8JsonWriter json, SmsSendOptions options)
    {
        json.WriteStartObject("smsSendOptions");
        json.WriteBoolean("enableDeliveryReport", options.EnableDeliveryReport);
        if (options.Tag is not null) json.WriteString("tag", options.Tag);
        json.WriteEndObject();
    }

    private static Response<IReadOnlyList<SmsSendResult>> ReadResults(Response response)
    {
        if (response.Status != 202) throw new RequestFailedException(response);
        using var document = JsonDocument.Parse(response.Content);
        IReadOnlyList<SmsSendResult> results = [.. document.RootElement.GetProperty("value").EnumerateArray().Select(SmsSendResult.Read)];
        return Response.FromValue(results, response);
    }
}
