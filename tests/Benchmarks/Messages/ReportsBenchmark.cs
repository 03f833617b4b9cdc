using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Serverless.Benchmarks.Running;
using Serverless.Contacts;
using Serverless.Messages;

namespace Serverless.Benchmarks.Messages;

/// <summary>
/// Delivery reports of single texts, pushed as Event Grid pushes them, beside the floor: a read and a write for each. Unit: reports
/// per second, counted when the push was answered, which is when they are stored.
/// </summary>
internal static class ReportsBenchmark
{
    private const int BatchSize = 1000;

    public static async Task RunAsync(bool dry)
    {
        var (reports, rounds) = dry ? (100, 1) : (2000, 3);
        await using var system = await RunningSystem.StartAsync(noReports: true);
        await using var services = AppServices.Build(system);
        var floor = await BareLoop.StartAsync(system);
        using var http = new HttpClient { BaseAddress = system.AppUrl };
        var (bare, batched, single) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            var rows = new (string Conversation, string Entry)[reports];
            await Callers.RateAsync(32, reports, async i => rows[i] = await floor.AddAsync(People.Number(round * reports + i)));
            var bareRate = await Callers.RateAsync(32, reports, i => floor.ReadAndReportAsync(rows[i].Conversation, rows[i].Entry));
            var batches = (await SendAsync(services, reports, round * 2 * reports)).Chunk(BatchSize).ToArray();
            var batchedRate = reports / (double)batches.Length * await Callers.RateAsync(4, batches.Length, i => PushAsync(http, batches[i]));
            var singles = await SendAsync(services, reports, (round * 2 + 1) * reports);
            var singleRate = await Callers.RateAsync(32, reports, i => PushAsync(http, [singles[i]]));
            if (round == 0) continue;
            bare.Add(bareRate);
            batched.Add(batchedRate);
            single.Add(singleRate);
        }

        string Row(string name, List<double> rates) => $"| {name} | {Results.Number(Callers.Median(rates))} ({Results.Number(rates.Min())} to {Results.Number(rates.Max())}) | {Results.Ratio(Callers.Median(rates) / Callers.Median(bare))} |";
        await Results.KeepAsync("reports", dry,
        [
            "# Delivery reports of single texts",
            "",
            $"{Results.Machine} {rounds} rounds of {reports} reports each way, taking turns; medians (lowest to highest).",
            "",
            "| way | reports/s | of the floor |",
            "|---|---|---|",
            Row("floor: bare loop, a read and a write each, 32 at once", bare),
            Row($"batches of {BatchSize}, 4 connections", batched),
            Row("one event a request, 32 connections", single),
        ]);
    }

    /// <summary>Sends texts whose reports the carrier keeps to itself, and writes those reports.</summary>
    private static async Task<string[]> SendAsync(ServiceProvider services, int texts, int firstPerson)
    {
        var sender = services.GetRequiredService<MessageSender>();
        var from = PhoneNumber.Parse("+18335550100");
        var events = new string[texts];
        await Callers.RateAsync(32, texts, async i =>
        {
            var to = PhoneNumber.Parse(People.Number(firstPerson + i));
            var command = new SendMessage(to, "A text.");
            var message = await sender.AcceptAsync(command, from, MessageId.New(to, DateTimeOffset.UtcNow), default);
            events[i] = Event(message!);
        });
        return events;
    }

    private static string Event(Message message)
    {
        var id = message.State.Attempts[0].CarrierMessageId!;
        return JsonSerializer.Serialize(new
        {
            id,
            topic = "/subscriptions/none/resourceGroups/none/providers/microsoft.communication/communicationservices/bench",
            subject = "/phonenumber/18335550100",
            eventType = "Microsoft.Communication.SMSDeliveryReportReceived",
            eventTime = DateTimeOffset.UtcNow,
            dataVersion = "1.0",
            metadataVersion = "1",
            data = new
            {
                messageId = id,
                from = "18335550100",
                to = message.To.Value,
                deliveryStatus = "Delivered",
                deliveryStatusDetails = "No error.",
                receivedTimestamp = DateTimeOffset.UtcNow,
                deliveryAttempts = new[] { new { timestamp = DateTimeOffset.UtcNow, segmentsSucceeded = 1, segmentsFailed = 0 } },
                tag = new MessageTag(message.Id, 1).ToString(),
            },
        });
    }

    private static async Task PushAsync(HttpClient http, IReadOnlyList<string> events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "runtime/webhooks/EventGrid?functionName=DeliveryReports")
        {
            Content = new StringContent($"[{string.Join(',', events)}]", Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.Add("aeg-event-type", "Notification");
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
