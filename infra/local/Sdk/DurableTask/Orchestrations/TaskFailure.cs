using System.Collections.Concurrent;

namespace Serverless.Local.DurableTask;

/// <summary>What an orchestrator catches when an activity or a sub-orchestration has failed, after all retries.</summary>
public sealed class TaskFailedException : Exception
{
    /// <summary>A failure whose cause is at hand.</summary>
    public TaskFailedException(string taskName, int taskId, Exception innerException)
        : base(MessageOf(taskName, taskId, innerException.Message), innerException)
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = TaskFailureDetails.FromException(innerException);
    }

    /// <summary>A failure of which only the record is left.</summary>
    public TaskFailedException(string taskName, int taskId, TaskFailureDetails failureDetails)
        : base(MessageOf(taskName, taskId, failureDetails.ErrorMessage))
    {
        TaskName = taskName;
        TaskId = taskId;
        FailureDetails = failureDetails;
    }

    /// <summary>The function that failed.</summary>
    public string TaskName { get; }

    /// <summary>The number of the step within the orchestration, from 0; retries count as steps of their own.</summary>
    public int TaskId { get; }

    /// <summary>Type, message and cause of the exception that ended the task.</summary>
    public TaskFailureDetails FailureDetails { get; }

    private static string MessageOf(string taskName, int taskId, string cause) => $"Task '{taskName}' (#{taskId}) failed with an unhandled exception: {cause}";
}

/// <summary>An exception as history keeps it.</summary>
/// <param name="ErrorType">The full name of the exception's type.</param>
/// <param name="ErrorMessage">The exception's message.</param>
/// <param name="StackTrace">Where it was thrown.</param>
/// <param name="InnerFailure">Its inner exception; for a <see cref="TaskFailedException"/> the failure of the task.</param>
/// <param name="Properties">Always null here: nothing provides any.</param>
public record TaskFailureDetails(string ErrorType, string ErrorMessage, string? StackTrace, TaskFailureDetails? InnerFailure, IDictionary<string, object?>? Properties)
{
    private static readonly ConcurrentDictionary<string, Type?> Types = new(StringComparer.Ordinal);

    /// <summary>Keeps type, message, stack and causes of the exception.</summary>
    public static TaskFailureDetails FromException(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var inner = exception is TaskFailedException failed ? failed.FailureDetails
            : exception.InnerException is { } cause ? FromException(cause)
            : null;
        return new(exception.GetType().ToString(), exception.Message, exception.StackTrace, inner, Properties: null);
    }

    /// <summary>Whether the error is a <typeparamref name="T"/> or derives from it; false where its type cannot be found in this process.</summary>
    public bool IsCausedBy<T>()
        where T : Exception => IsCausedBy(typeof(T));

    /// <summary>Whether the error is of that type or derives from it; false where its type cannot be found in this process.</summary>
    /// <exception cref="ArgumentException">Not a type of exception.</exception>
    public bool IsCausedBy(Type targetBaseExceptionType)
    {
        ArgumentNullException.ThrowIfNull(targetBaseExceptionType);
        if (!targetBaseExceptionType.IsAssignableTo(typeof(Exception))) throw new ArgumentException($"{targetBaseExceptionType} is not an exception.", nameof(targetBaseExceptionType));
        return Types.GetOrAdd(ErrorType, Find) is { } type && type.IsAssignableTo(targetBaseExceptionType);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    private static Type? Find(string name) => Type.GetType(name) ?? AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(name)).FirstOrDefault(t => t is not null);
}
