using System.Reflection;
using Serverless.Due;
using Serverless.Local.Functions;

namespace Serverless.Tests.Unit.Http;

public sealed class RouteTests
{
    private static readonly HttpTriggerAttribute[] s_routes =
    [
        .. typeof(DispatchDueFunction).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<HttpTriggerAttribute>())
            .OfType<HttpTriggerAttribute>(),
    ];

    [Fact]
    public void Nothing_but_the_health_is_told_without_a_key() => Assert.Equal(["get health"], Names(AuthorizationLevel.Anonymous));

    [Fact]
    public void S1_13_What_changes_settings_for_everybody_takes_the_key_of_administrators() => Assert.Equal(
        [
            "post settings/text-messaging/disable",
            "post settings/text-messaging/enable",
            "post unmatched-reports/replay",
            "put settings/sending",
            "put settings/text-messaging/contact",
            "put settings/text-messaging/reminders",
        ],
        Names(AuthorizationLevel.Admin));

    [Fact]
    public void Every_other_route_takes_the_key_of_callers() => Assert.All(
        s_routes.Except(s_routes.Where(route => route.AuthLevel is AuthorizationLevel.Anonymous or AuthorizationLevel.Admin)),
        route => Assert.Equal(AuthorizationLevel.Function, route.AuthLevel));

    [Fact]
    public void No_two_functions_share_a_method_of_a_route() => Assert.Empty(Names(null).GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key));

    private static IEnumerable<string> Names(AuthorizationLevel? level) =>
        s_routes.Where(route => level is null || route.AuthLevel == level).SelectMany(route => route.Methods!.Select(method => $"{method} {route.Route}")).Order(StringComparer.Ordinal);
}
