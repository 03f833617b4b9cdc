using Microsoft.AspNetCore.Http;
using Serverless.Local.Functions;

namespace Serverless.Tests.Integration.Sdk.Functions;

public sealed class HttpFunctionsTests
{
    [Fact]
    public async Task A_route_with_a_parameter_is_served_below_api()
    {
        await using var host = await FunctionsHostUnderTest.StartAsync<Orders>();

        var answer = await host.Client.GetStringAsync("/api/orders/42");

        Assert.Equal("\"order 42\"", answer);
    }

    public sealed class Orders
    {
        [Function("GetOrder")]
        public IResult Get([HttpTrigger(AuthorizationLevel.Function, "get", Route = "orders/{id:int}")] HttpRequest request, int id) =>
            TypedResults.Ok($"order {id}");
    }
}
