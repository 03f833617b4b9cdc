using Microsoft.AspNetCore.Http;
using Serverless.Http;

namespace Serverless.Campaigns;

/// <summary>What goes wrong with the body itself while it is read.</summary>
internal static class UploadFaults
{
    /// <summary>Whether the body could not be read to its end, which is the caller's doing and not storage's.</summary>
    public static bool IsOfBody(Exception exception) => exception is BadHttpRequestException or IOException;

    /// <summary>The problem to answer with.</summary>
    public static ProblemException ToProblem(Exception exception) =>
        new(exception is BadHttpRequestException { StatusCode: 413 } ? Problems.BodyTooLarge((int)UploadLimits.Body) : Problems.BodyCutOff());
}
