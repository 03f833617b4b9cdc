using System.ComponentModel.DataAnnotations;

namespace Serverless.Storage;

/// <summary>Where the tables are. Exactly one of <see cref="ConnectionString"/> and <see cref="TableEndpoint"/> is set.</summary>
public sealed class StorageOptions : IValidatableObject
{
    /// <summary>The section of the settings.</summary>
    public const string Section = "Storage";

    /// <summary>A storage account's connection string: for Azurite. In Azure, use <see cref="TableEndpoint"/>, which needs no secret.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>A storage account's table endpoint, reached with the app's managed identity.</summary>
    public Uri? TableEndpoint { get; set; }

    /// <summary>What each table's name begins with, so that several systems can share an account.</summary>
    /// <value>Empty by default; else a letter followed by letters and digits, at most 20 in all.</value>
    [RegularExpression("[A-Za-z][A-Za-z0-9]{0,19}")]
    public string TablePrefix { get; set; } = "";

    /// <summary>Under which key texts are stored: 32 bytes in base64. To change it, put the new one before the old, with a comma in between: all of them can be read, the first is used from now on.</summary>
    /// <value>Empty by default: texts are stored as they are, under the encryption of the storage account only.</value>
    public string? TextKey { get; set; }

    /// <summary>The keys of <see cref="TextKey"/>.</summary>
    internal IEnumerable<byte[]> TextKeys() =>
        (TextKey ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Convert.FromBase64String);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrEmpty(ConnectionString) == TableEndpoint is null)
        {
            yield return new ValidationResult("Set either Storage__ConnectionString or Storage__TableEndpoint.", [nameof(ConnectionString), nameof(TableEndpoint)]);
        }
        if (!AreKeys()) yield return new ValidationResult("Storage__TextKey must be 32 bytes in base64.", [nameof(TextKey)]);
    }

    private bool AreKeys()
    {
        try
        {
            return TextKeys().All(key => key.Length == 32);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
