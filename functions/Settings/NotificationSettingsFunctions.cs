using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Settings;

/// <summary>What a user wants to be told of.</summary>
public sealed class NotificationSettingsFunctions(UserSettings users)
{
    /// <summary><c>GET /users/{userId}/notification-settings</c>; of a user who has set nothing, what everybody has at first.</summary>
    [Function("GetNotificationSettings")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "users/{userId}/notification-settings")] HttpRequest request,
        string userId,
        CancellationToken cancellationToken) => Answers.Ok(new View(await users.ShowsBadgeAsync(userId, cancellationToken)));

    /// <summary><c>PUT /users/{userId}/notification-settings</c>. Safe to repeat.</summary>
    [Function("PutNotificationSettings")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "users/{userId}/notification-settings")] HttpRequest request,
        string userId,
        CancellationToken cancellationToken)
    {
        var body = await request.ReadBodyAsync<PutRequest>(cancellationToken);
        if (body.Badge is not { } badge) return Problems.Refused([Problems.Missing("badge")]);
        await users.SetBadgeAsync(userId, badge, cancellationToken);
        return Answers.Ok(new View(badge));
    }

    private sealed record PutRequest(bool? Badge = null);

    private sealed record View(bool Badge);
}
