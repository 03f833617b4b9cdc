using Microsoft.AspNetCore.Http;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.Functions;

public sealed class FunctionKeysTests
{
    public enum Sent
    {
        Nothing,
        Wrong,
        FunctionKey,
        AdminKey,
    }

    public static TheoryData<bool, bool, string, Sent> EveryCombination()
    {
        var all = new TheoryData<bool, bool, string, Sent>();
        foreach (var hasFunctionKey in new[] { false, true })
        {
            foreach (var hasAdminKey in new[] { false, true })
            {
                foreach (var function in new[] { "Open", "Keyed", "Administration" })
                {
                    foreach (var sent in Enum.GetValues<Sent>()) all.Add(hasFunctionKey, hasAdminKey, function, sent);
                }
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(EveryCombination))]
    public async Task A_key_opens_what_its_level_says(bool hasFunctionKey, bool hasAdminKey, string function, Sent sent)
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Functions>(settings: SettingsOf(hasFunctionKey, hasAdminKey));
        using var byHeader = new HttpRequestMessage(HttpMethod.Get, $"/api/{function}");
        if (KeyOf(sent) is { } key) byHeader.Headers.Add("x-functions-key", key);

        var answers = new[] { await host.Client.SendAsync(byHeader), await host.Client.GetAsync($"/api/{function}?code={KeyOf(sent)}") };

        var isOpen = function == "Open" || (!hasFunctionKey && !hasAdminKey)
            || (hasAdminKey && sent == Sent.AdminKey)
            || (hasFunctionKey && sent == Sent.FunctionKey && function == "Keyed");
        foreach (var answer in answers)
        {
            if (isOpen) Assert.Equal(200, (int)answer.StatusCode);
            else await HttpFunctionsTests.AssertProblemAsync(answer, 401, "unauthorized");
        }
    }

    private static (string, string)[] SettingsOf(bool hasFunctionKey, bool hasAdminKey) =>
        [("FUNCTIONS_KEY", hasFunctionKey ? "the-function-key" : ""), ("ADMIN_KEY", hasAdminKey ? "the-admin-key" : "")];

    private static string? KeyOf(Sent sent) => sent switch
    {
        Sent.Nothing => null,
        Sent.Wrong => "the-function-kez",
        Sent.FunctionKey => "the-function-key",
        _ => "the-admin-key",
    };

    public sealed class Functions
    {
        [Function("Open")]
        public IResult Open([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => TypedResults.Ok();

        [Function("Keyed")]
        public IResult Keyed([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest request) => TypedResults.Ok();

        [Function("Administration")]
        public IResult Administration([HttpTrigger(AuthorizationLevel.Admin, "get")] HttpRequest request) => TypedResults.Ok();
    }
}
