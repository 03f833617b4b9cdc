using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Delivery;

/// <summary><c>GET /reference/statuses</c>: what each status and each reason means.</summary>
public static class StatusReferenceFunction
{
    /// <summary>Called by the host.</summary>
    [Function("StatusReference")]
    public static IResult Run([HttpTrigger(AuthorizationLevel.Function, "get", Route = "reference/statuses")] HttpRequest request) =>
        Answers.Ok(Vocabularies.Describe(request.Vocabulary()));
}
