using System.Globalization;
using Microsoft.AspNetCore.Http;
using Serverless.Http;
using Serverless.Settings;

namespace Serverless.Calendar;

/// <summary>The settings of the texts about events.</summary>
public sealed class ReminderFunctions(ReminderSettings reminders, TextMessagingSettings settings)
{
    /// <summary><c>GET /settings/text-messaging/templates</c>: the words of the texts about events, which cannot be changed.</summary>
    [Function("GetTemplates")]
    public async Task<IResult> GetTemplatesAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "settings/text-messaging/templates")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var sender = NotificationTexts.SenderOf(await settings.GetAsync(cancellationToken));
        return Answers.Ok(new ListPage<TemplateView>([.. NotificationTemplates.All(sender).Select(template => new TemplateView(template.Kind, template.Text))], null));
    }

    /// <summary>Says so to whoever tries to change the words. A host that finds no function for a method may say that there is nothing at the address.</summary>
    [Function("RefuseTemplates")]
    public static IResult RefuseTemplates(
        [HttpTrigger(AuthorizationLevel.Function, "put", "post", "patch", "delete", Route = "settings/text-messaging/templates")] HttpRequest request) => Problems.ReadOnly();

    /// <summary><c>PUT /settings/text-messaging/reminders</c>: sets when reminders go out, and moves those of all events to come. Safe to repeat.</summary>
    [Function("PutReminders")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Admin, "put", Route = "settings/text-messaging/reminders")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<RemindersRequest>(cancellationToken);
        var errors = body.Errors().ToList();
        return errors.Count > 0
            ? Problems.Refused(errors)
            : Answers.Ok(TextMessagingFunctions.View.Of(await reminders.SetAsync([.. body.DaysBefore!.Order()], body.Time!.Value, cancellationToken)));
    }

    private sealed record RemindersRequest(IReadOnlyList<int>? DaysBefore = null, string? At = null)
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public TimeOnly? Time => TimeOnly.TryParseExact(At, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

        public IEnumerable<FieldError> Errors()
        {
            if (DaysBefore is null) yield return Problems.Missing("daysBefore");
            else if (!IsValid(DaysBefore)) yield return new FieldError("daysBefore", "invalid_days_before", $"At most {ReminderPlan.MaxReminders} different numbers from 0 to {ReminderPlan.MaxDaysBefore}.");
            if (At is null) yield return Problems.Missing("at");
            else if (Time is null) yield return new FieldError("at", "invalid_at", "A time of day such as 09:00.");
        }

        private static bool IsValid(IReadOnlyList<int> days) =>
            days.Count <= ReminderPlan.MaxReminders && days.Distinct().Count() == days.Count && days.All(day => day is >= 0 and <= ReminderPlan.MaxDaysBefore);
    }

    private sealed record TemplateView(NotificationKind Kind, string Text);
}
