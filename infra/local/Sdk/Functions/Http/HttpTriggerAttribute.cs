namespace Serverless.Local.Functions;

/// <summary>Runs the function for HTTP requests. The parameter is an <see cref="Microsoft.AspNetCore.Http.HttpRequest"/>.</summary>
public sealed class HttpTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Every method, and no key asked for.</summary>
    public HttpTriggerAttribute()
    {
    }

    /// <summary>These methods, and no key asked for.</summary>
    public HttpTriggerAttribute(params string[] methods) => Methods = methods;

    /// <summary>Every method.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel) => AuthLevel = authLevel;

    /// <summary>These methods, in any case.</summary>
    public HttpTriggerAttribute(AuthorizationLevel authLevel, params string[] methods)
    {
        AuthLevel = authLevel;
        Methods = methods;
    }

    /// <summary>An ASP.NET Core route template below the route prefix of host.json.</summary>
    /// <value>Null, the default: the function's name.</value>
    public string? Route { get; set; }

    /// <summary>Null for every method.</summary>
    public string[]? Methods { get; }

    /// <summary>The least key that opens the function.</summary>
    /// <value>The default is <see cref="AuthorizationLevel.Anonymous"/>.</value>
    public AuthorizationLevel AuthLevel { get; }
}

/// <summary>The least key that opens an HTTP function.</summary>
public enum AuthorizationLevel
{
    /// <summary>No key.</summary>
    Anonymous = 0,

    /// <summary>No key: who the user is has to be found out by other means.</summary>
    User = 1,

    /// <summary>The function key or the admin key.</summary>
    Function = 2,

    /// <summary>The admin key.</summary>
    System = 3,

    /// <summary>The admin key.</summary>
    Admin = 4,
}
