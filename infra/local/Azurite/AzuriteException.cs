namespace Serverless.Local.Azurite;

/// <summary>Azurite could not be installed, started or stopped. The message is one line, made to be shown as it is.</summary>
public sealed class AzuriteException : Exception
{
    /// <summary>Makes one with no explanation.</summary>
    public AzuriteException()
        : this("Azurite failed.")
    {
    }

    /// <summary>Makes one that says what is wrong.</summary>
    public AzuriteException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one that says what is wrong and keeps the cause.</summary>
    public AzuriteException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
