using System.Globalization;
using Serverless.Local.Carrier.Faults;
using Serverless.Local.Carrier.Records;
using Serverless.Local.Carrier.Rules;

namespace Serverless.Local.Carrier.Sending;

/// <summary>All that the carrier knows, behind one lock, which is held for the dictionary work of one call and its one log write.</summary>
internal sealed class SmsService : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TextStore _texts = new();
    private readonly OptOutList _optOuts = new();
    private readonly Dictionary<string, RateWindow> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, IncomingText> _restoredIncoming = [];
    private readonly Dictionary<string, string> _restoredStrings = new(StringComparer.Ordinal);
    private readonly List<LogLine> _lines = [];
    private readonly FaultInjector _faults;
    private readonly CarrierStats _stats;
    private readonly TimeProvider _time;

    /// <param name="faults">For the rate limit.</param>
    /// <param name="stats">Counted up here.</param>
    /// <param name="time">When texts are taken.</param>
    /// <param name="dataFolder">What is in it is remembered again; <see langword="null"/> remembers nothing past the process.</param>
    public SmsService(FaultInjector faults, CarrierStats stats, TimeProvider time, string? dataFolder)
    {
        (_faults, _stats, _time) = (faults, stats, time);
        if (dataFolder is null) return;
        Log = CarrierLog.Open(dataFolder, Restore);
        _restoredStrings.Clear();
    }

    public CarrierLog? Log { get; }

    /// <summary>Texts of the time before the restart that still have a report to come.</summary>
    public IReadOnlyList<AcceptedText> RestoredOwing
    {
        get
        {
            lock (_lock) return [.. _texts.All.Where(text => text.NextReport is not null)];
        }
    }

    /// <summary>Incoming texts of the time before the restart that are still to be pushed.</summary>
    public IReadOnlyCollection<IncomingText> RestoredIncoming => _restoredIncoming.Values;

    /// <summary>Takes what can be taken.</summary>
    /// <param name="request">A valid one.</param>
    /// <param name="accepted">Gets the texts that are new.</param>
    /// <param name="retryAfter">Positive when the sender was too fast; then nothing was taken, and there is no answer.</param>
    public SendAnswer? Send(SendRequest request, List<AcceptedText> accepted, out TimeSpan retryAfter)
    {
        lock (_lock)
        {
            retryAfter = Throttle(request);
            if (retryAfter > TimeSpan.Zero)
            {
                _stats.CountThrottled();
                return null;
            }
            var items = new SendItem[request.SmsRecipients!.Count];
            for (var i = 0; i < items.Length; i++) items[i] = Take(request, request.SmsRecipients[i]!, accepted);
            WriteLog();
            return new SendAnswer(items);
        }
    }

    /// <summary>The newest report of a text, with the text; nothing for an unknown text, or while there is no report.</summary>
    public (AcceptedText Text, MadeReport Report)? FindReport(string messageId)
    {
        if (!AcceptedText.TryReadId(messageId, out var id)) return null;
        lock (_lock)
        {
            return _texts.FindById(id) is { Report: { } report } text && text.MessageId == messageId ? (text, report) : null;
        }
    }

    public (IReadOnlyList<TextRow> Items, int? Next) Page(string? to, int start, int limit)
    {
        lock (_lock)
        {
            var (texts, next) = _texts.Page(to, start, limit);
            return ([.. texts.Select(TextRow.Of)], next);
        }
    }

    public bool IsOptedOut(string from, string to)
    {
        lock (_lock) return _optOuts.Contains(from, to);
    }

    /// <param name="from">The sender.</param>
    /// <param name="to">The recipient.</param>
    /// <param name="sources">What asks for it: only an entry of the same source is removed.</param>
    /// <param name="optedOut">Add or remove.</param>
    public void SetOptOut(string from, string to, OptOutSources sources, bool optedOut)
    {
        lock (_lock)
        {
            ApplyOptOut(from, to, sources, optedOut);
            _lines.Add(new OptOutLine(from, to, sources, optedOut));
            WriteLog();
        }
    }

    /// <summary>Takes a person's text, and acts on the words that a toll-free network acts on.</summary>
    public IncomingText Receive(string from, string to, string message)
    {
        var text = new IncomingText(Guid.NewGuid(), _time.GetUtcNow(), from, to, message);
        lock (_lock)
        {
            _lines.Add(new IncomingLine(text));
            WriteLog();
        }
        if (Keyword.IsStop(message)) SetOptOut(to, from, OptOutSources.Keyword, optedOut: true);
        if (Keyword.IsStart(message)) SetOptOut(to, from, OptOutSources.All, optedOut: false);
        return text;
    }

    public void Clear()
    {
        lock (_lock)
        {
            _texts.Clear();
            _optOuts.Clear();
            _windows.Clear();
            _stats.Clear();
            Log?.Clear();
        }
    }

    public void Dispose() => Log?.Dispose();

    private TimeSpan Throttle(SendRequest request)
    {
        if (_faults.Settings.RatePerMinute is not { } limit) return TimeSpan.Zero;
        if (!_windows.TryGetValue(request.From!, out var window)) _windows[request.From!] = window = new RateWindow();
        // A text that was taken before is not sent again, so it takes no unit.
        var units = request.SmsRecipients!.Count(each => each!.RepeatabilityRequestId is not { } id || !_texts.TryFindByRequestId(id, out _));
        return window.Take(units, limit, _time.GetUtcNow());
    }

    private SendItem Take(SendRequest request, SendRecipient recipient, List<AcceptedText> accepted)
    {
        var to = recipient.To!;
        if (!CarrierNumber.IsRecipient(to)) return Refuse(to, Refusal.InvalidNumber);
        if (recipient.RepeatabilityRequestId is { } id)
        {
            if (!IsRfc1123(recipient.RepeatabilityFirstSent)) return Reject(to);
            if (_texts.TryFindByRequestId(id, out var known)) return Replay(to, known);
        }
        var attempt = NumberRules.CountsTries(to) ? _texts.CountTry(request.From!, to, request.Message!) : 1;
        var refusal = NumberRules.RefusalOf(to, attempt - 1);
        if (refusal != Refusal.None) return Refuse(to, refusal);
        var text = Accept(request, recipient, attempt);
        accepted.Add(text);
        return Taken(to, text);
    }

    private AcceptedText Accept(SendRequest request, SendRecipient recipient, int attempt)
    {
        var text = new AcceptedText
        {
            Id = Guid.NewGuid(),
            AcceptedAt = _time.GetUtcNow(),
            From = request.From!,
            To = recipient.To!,
            Message = request.Message!,
            Tag = request.SmsSendOptions?.Tag,
            RequestId = recipient.RepeatabilityRequestId,
            Attempt = attempt,
            WantsReports = request.SmsSendOptions?.EnableDeliveryReport ?? false,
            OptedOut = _optOuts.Contains(request.From!, recipient.To!),
        };
        _texts.Add(text);
        _stats.CountAccepted();
        if (Log is not null) _lines.Add(TextLine.Of(text));
        return text;
    }

    private SendItem Replay(string to, AcceptedText known)
    {
        known.Replays++;
        _stats.CountReplayed();
        if (Log is not null) _lines.Add(new ReplayLine(known.Id));
        return Taken(to, known);
    }

    private static SendItem Taken(string to, AcceptedText text) => new()
    {
        To = to,
        MessageId = text.MessageId,
        HttpStatusCode = 202,
        RepeatabilityResult = text.RequestId is null ? null : "accepted",
    };

    private SendItem Reject(string to)
    {
        _stats.CountRefused();
        return new SendItem
        {
            To = to,
            HttpStatusCode = 400,
            RepeatabilityResult = "rejected",
            ErrorMessage = "RepeatabilityFirstSent is not an RFC 1123 date.",
        };
    }

    private SendItem Refuse(string to, Refusal refusal)
    {
        _stats.CountRefused();
        var (status, message) = refusal switch
        {
            Refusal.Unavailable => (503, "ServiceUnavailable"),
            Refusal.CouldNotBeCreated => (400, "The message could not be created."),
            _ => (400, "Invalid To phone number format."),
        };
        return new SendItem { To = to, HttpStatusCode = status, ErrorMessage = message };
    }

    private static bool IsRfc1123(string? text) =>
        DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private void ApplyOptOut(string from, string to, OptOutSources sources, bool optedOut)
    {
        if (optedOut) _optOuts.Add(from, to, sources);
        else _optOuts.Remove(from, to, sources);
    }

    private void WriteLog()
    {
        if (_lines.Count > 0) Log?.Write(_lines);
        _lines.Clear();
    }

    private void Restore(LogLine line)
    {
        switch (line)
        {
            case TextLine text:
                RestoreText(text.ToText(Share));
                break;
            case ReplayLine replay when _texts.FindById(replay.Id) is { } text:
                text.Replays++;
                _stats.CountReplayed();
                break;
            case SettledLine settled when _texts.FindById(settled.Id) is { NextReport: { } plan } text:
                text.Report = new MadeReport(plan, settled.At);
                text.SettledReports++;
                _stats.CountReport();
                break;
            case SettledLine settled:
                _restoredIncoming.Remove(settled.Id);
                break;
            case IncomingLine incoming:
                _restoredIncoming[incoming.Text.Id] = incoming.Text;
                break;
            case OptOutLine optOut:
                ApplyOptOut(optOut.From, optOut.To, optOut.Sources, optOut.OptedOut);
                break;
        }
    }

    private void RestoreText(AcceptedText text)
    {
        _texts.Add(text);
        if (NumberRules.CountsTries(text.To)) _texts.RestoreTries(text);
        _stats.CountAccepted();
    }

    private string Share(string text) => _restoredStrings.TryGetValue(text, out var shared) ? shared : _restoredStrings[text] = text;
}
