using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Serverless.Delivery;
using Serverless.Http;
using Serverless.Idempotency;
using Serverless.Tests.Integration.Storage;

namespace Serverless.Tests.Integration.Api;

public sealed class IdempotentRequestsTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task B_1_The_request_that_has_the_key_is_the_first_although_a_repeat_overtook_it()
    {
        await using var tables = new AppTables(azurite);
        var requests = new IdempotentRequests(tables.Get<IdempotencyTable>(), Options.Create(new DeliveryOptions()), TimeProvider.System);
        var (hasKey, mayGoOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        string? made = null;
        var first = requests.CreateAsync(Creation("first", async () =>
        {
            hasKey.SetResult();
            await mayGoOn.Task;
            return Interlocked.CompareExchange(ref made, "the thing", null) is null;
        }), default);
        await hasKey.Task;

        var repeat = await requests.CreateAsync(Creation("repeat", () => Task.FromResult(Interlocked.CompareExchange(ref made, "the thing", null) is null)), default);
        mayGoOn.SetResult();

        Assert.Equal(("/things/first", "true"), await AnswerAsync(repeat));
        Assert.Equal(("/things/first", null), await AnswerAsync(await first));

        IdempotentRequests.Creation Creation(string id, Func<Task<bool>> tryMake) => new(
            "key", "fingerprint", id, StatusCodes.Status201Created, made => $"/things/{made}", async (_, _) => await tryMake() ? made : null, (_, _) => Task.FromResult(made));
    }

    private static async Task<(string Location, string? Replayed)> AnswerAsync(IResult result)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        await result.ExecuteAsync(context);
        return (context.Response.Headers.Location.ToString(), context.Response.Headers["Idempotency-Replayed"].SingleOrDefault());
    }
}
