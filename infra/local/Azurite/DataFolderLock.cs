namespace Serverless.Local.Azurite;

/// <summary>Keeps a second process off a data folder: two Azurites would overwrite each other's data.</summary>
internal static class DataFolderLock
{
    public static IDisposable Take(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AzuriteException($"The data folder {folder} cannot be used: {exception.Message}", exception);
        }
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception)
        {
            throw new AzuriteException($"The data folder {folder} is in use by another process.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new AzuriteException($"The data folder {folder} cannot be used: {exception.Message}", exception);
        }
    }
}
