using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Serverless.Benchmarks.Campaigns;

/// <summary>A row to be written, as JSON without its braces.</summary>
/// <param name="Key">Its row key.</param>
/// <param name="Properties">Whatever else it holds.</param>
/// <param name="IfMatch">Merged under this version; null to insert it.</param>
internal readonly record struct BareRow(string Key, string Properties, string? IfMatch = null);

/// <summary>Table Storage over a bare <see cref="HttpClient"/> with a shared key: the least that a client can do.</summary>
internal sealed class BareTables : IDisposable
{
    private const string ChangesetEnd = "--changeset_1--\r\n--batch_1--\r\n";

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly string _account;
    private readonly byte[] _key;
    private readonly string _endpoint;

    public BareTables(string connectionString)
    {
        var parts = connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        (_account, _key, _endpoint) = (parts["AccountName"], Convert.FromBase64String(parts["AccountKey"]), parts["TableEndpoint"].TrimEnd('/'));
    }

    public async Task CreateAsync(string table)
    {
        using var response = await SendAsync(HttpMethod.Post, "Tables", new StringContent($$"""{"TableName":"{{table}}"}""", Encoding.UTF8, "application/json"));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>An entity group transaction.</summary>
    /// <returns>The new version of the first row; null when its version was not the one asked for.</returns>
    public async Task<string?> SubmitAsync(string table, string partition, IEnumerable<BareRow> rows)
    {
        var body = new StringBuilder("--batch_1\r\nContent-Type: multipart/mixed; boundary=changeset_1\r\n\r\n", 4096);
        foreach (var row in rows)
        {
            body.Append("--changeset_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            body.Append(row.IfMatch is null ? "POST " : "PATCH ").Append(_endpoint).Append('/').Append(table);
            if (row.IfMatch is not null) body.Append(CultureInfo.InvariantCulture, $"(PartitionKey='{partition}',RowKey='{row.Key}')");
            body.Append(" HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0\r\nContent-Type: application/json\r\n");
            body.Append(row.IfMatch is null ? "Prefer: return-no-content\r\n\r\n" : $"If-Match: {row.IfMatch}\r\n\r\n");
            body.Append(CultureInfo.InvariantCulture, $"{{\"PartitionKey\":\"{partition}\",\"RowKey\":\"{row.Key}\",{row.Properties}}}\r\n");
        }
        body.Append(ChangesetEnd);
        var content = new StringContent(body.ToString());
        content.Headers.ContentType = new("multipart/mixed") { Parameters = { new("boundary", "batch_1") } };
        using var response = await SendAsync(HttpMethod.Post, "$batch", content);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadAsStringAsync();
        var status = answer.AsSpan(answer.IndexOf("HTTP/1.1 ", StringComparison.Ordinal) + 9, 3);
        if (status is "412") return null;
        if (status is not "204" and not "201") throw new InvalidOperationException(answer);
        var from = answer.IndexOf("etag: ", StringComparison.OrdinalIgnoreCase) + 6;
        return answer[from..answer.IndexOf('\r', from)];
    }

    /// <summary>The rows of a partition, page by page.</summary>
    public async IAsyncEnumerable<JsonElement> QueryAsync(string table, string partition)
    {
        var next = "";
        do
        {
            using var response = await SendAsync(HttpMethod.Get, $"{table}()?$filter={Uri.EscapeDataString($"PartitionKey eq '{partition}'")}{next}", null);
            response.EnsureSuccessStatusCode();
            using var page = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            foreach (var row in page.RootElement.GetProperty("value").EnumerateArray()) yield return row;
            next = response.Headers.TryGetValues("x-ms-continuation-NextPartitionKey", out var toPartition)
                ? $"&NextPartitionKey={toPartition.Single()}&NextRowKey={response.Headers.GetValues("x-ms-continuation-NextRowKey").Single()}"
                : null;
        }
        while (next is not null);
    }

    public async Task<JsonDocument> GetAsync(string table, string partition, string key)
    {
        using var response = await SendAsync(HttpMethod.Get, $"{table}(PartitionKey='{partition}',RowKey='{key}')", null);
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, $"{_endpoint}/{path}") { Content = content, Version = HttpVersion.Version11 };
        var date = DateTimeOffset.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        var signed = Encoding.UTF8.GetBytes($"{date}\n/{_account}{request.RequestUri!.AbsolutePath}");
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKeyLite {_account}:{Convert.ToBase64String(HMACSHA256.HashData(_key, signed))}");
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-version", "2019-02-02");
        request.Headers.TryAddWithoutValidation("DataServiceVersion", "3.0");
        request.Headers.TryAddWithoutValidation("Accept", "application/json;odata=minimalmetadata");
        if (method == HttpMethod.Post && path == "Tables") request.Headers.TryAddWithoutValidation("Prefer", "return-no-content");
        return _http.SendAsync(request);
    }
}
