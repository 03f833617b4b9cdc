using Microsoft.Extensions.DependencyInjection;

namespace Serverless.Local.Functions;

/// <summary>Takes an app's middleware. What is added first runs first and sees the outcome last.</summary>
public interface IFunctionsWorkerApplicationBuilder
{
    /// <summary>Where middleware classes find what they need.</summary>
    IServiceCollection Services { get; }

    /// <summary>Adds middleware in its plainest form; it is composed once, when the host is built.</summary>
    IFunctionsWorkerApplicationBuilder Use(Func<FunctionExecutionDelegate, FunctionExecutionDelegate> middleware);
}
