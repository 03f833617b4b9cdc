using Serverless.Storage;

namespace Serverless.Http;

/// <summary>
/// Answers calls whose outcome is a problem, and tells callers when storage is away. Of HTTP functions only, and only for what is
/// expected: a fault stays a fault, so that it is logged and counted as one.
/// </summary>
internal sealed class ProblemMiddleware : IFunctionsWorkerMiddleware
{
    public static bool IsHttp(FunctionContext context) => context.FunctionDefinition.InputBindings.Values.Any(binding => binding.Type == "httpTrigger");

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (ProblemException e)
        {
            context.GetInvocationResult().Value = e.Problem;
        }
        catch (Exception e) when (StorageFaults.IsAway(e))
        {
            context.GetInvocationResult().Value = Problems.StorageAway();
        }
    }
}
