namespace Serverless.Local.Functions;

/// <summary>
/// Fills a parameter of an HTTP function from the request's body: text, bytes, or JSON for any other type. A body that does not fit fails the
/// invocation; read the body in the function where the caller shall be told what is wrong.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter)]
public class FromBodyAttribute : Attribute;
