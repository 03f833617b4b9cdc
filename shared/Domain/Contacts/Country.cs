namespace Serverless.Contacts;

/// <summary>The country that an area code of the North American Numbering Plan serves.</summary>
public enum Country
{
    /// <summary>The United States, with Puerto Rico, and without the territories that texts do not reach.</summary>
    UnitedStates = 1,

    /// <summary>Canada.</summary>
    Canada = 2,

    /// <summary>Another country or territory of the plan, or none at all (a toll-free code).</summary>
    Other = 3,
}
