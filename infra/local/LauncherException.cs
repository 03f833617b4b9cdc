namespace Serverless.Local;

/// <summary>The system cannot run. The message is one line, made to be shown as it is.</summary>
internal sealed class LauncherException(string message, Exception? innerException = null) : Exception(message, innerException);
