using Microsoft.AspNetCore.Http;
using Serverless.Campaigns;
using Serverless.Http;

namespace Serverless.Settings;

/// <summary>How campaigns are sent, as far as people set it.</summary>
public sealed class SendingFunctions(SendingSettings settings)
{
    /// <summary><c>GET /settings/sending</c>.</summary>
    [Function("GetSending")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "settings/sending")] HttpRequest request,
        CancellationToken cancellationToken) => Answers.Ok(new View(await settings.GetAsync(cancellationToken)));

    /// <summary><c>PUT /settings/sending</c>: sets when a campaign that goes wrong is paused by itself; null for never. Safe to repeat.</summary>
    [Function("PutSending")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "put", Route = "settings/sending")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<PutRequest>(cancellationToken);
        var errors = body.Errors().ToList();
        if (errors.Count > 0) return Problems.Refused(errors);
        var pauseWhen = body.PauseWhen?.ToSetting();
        await settings.SetAsync(pauseWhen, cancellationToken);
        return Answers.Ok(new View(pauseWhen));
    }

    private sealed record PutRequest
    {
        private bool _given;

        /// <summary>Null turns it off; left out it is a mistake.</summary>
        public PauseWhenBody? PauseWhen
        {
            get;
            init => (field, _given) = (value, true);
        }

        public IEnumerable<FieldError> Errors() => _given ? PauseWhen?.Errors() ?? [] : [Problems.Missing("pauseWhen")];
    }

    private sealed record PauseWhenBody(int? Settled = null, double? FailedShare = null)
    {
        public IEnumerable<FieldError> Errors()
        {
            if (Settled is not >= 1) yield return Invalid("pauseWhen.settled", "At least 1.");
            if (FailedShare is not (> 0 and <= 1)) yield return Invalid("pauseWhen.failedShare", "More than 0, at most 1.");
        }

        public PauseWhen ToSetting() => new(Settled!.Value, FailedShare!.Value);

        private static FieldError Invalid(string field, string detail) => new(field, "invalid_pause_when", detail);
    }

    private sealed record View(PauseWhen? PauseWhen);
}
