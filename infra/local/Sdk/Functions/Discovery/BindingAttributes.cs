namespace Serverless.Local.Functions;

/// <summary>A place where the host exchanges data with a function.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BindingAttribute : Attribute
{
    /// <summary>Only for the attributes of bindings.</summary>
    protected BindingAttribute()
    {
    }
}

/// <summary>Marks the one parameter that what set the function off arrives in. A function has exactly one.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class TriggerBindingAttribute : BindingAttribute
{
    /// <summary>Only for the attributes of triggers.</summary>
    protected TriggerBindingAttribute()
    {
    }
}

/// <summary>Marks a parameter that the host fills beside the trigger.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public abstract class InputBindingAttribute : BindingAttribute
{
    /// <summary>Only for the attributes of input bindings.</summary>
    protected InputBindingAttribute()
    {
    }
}
