namespace Serverless.Local.Functions;

/// <summary>The rest of an invocation: the middleware that is left, then the function.</summary>
public delegate Task FunctionExecutionDelegate(FunctionContext context);
