namespace Serverless.Local.Functions;

/// <summary>
/// Runs the function for the events that Event Grid posts to <c>/runtime/webhooks/EventGrid?functionName=…</c>. The parameter is the event's
/// JSON as a string or <see cref="BinaryData"/>; batched, an array of either.
/// </summary>
public sealed class EventGridTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>
    /// True: one invocation per delivery, with all its events. False: one per event, in parallel. In both cases any failure makes Event Grid
    /// send the whole delivery again.
    /// </summary>
    /// <value>The default is false.</value>
    public bool IsBatched { get; set; }
}
