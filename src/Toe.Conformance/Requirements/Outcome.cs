namespace Toe.Conformance;

/// <summary>What came of trying a requirement. Nothing passes because it did not run.</summary>
public enum Outcome
{
    /// <summary>The provider meets it.</summary>
    Pass,

    /// <summary>The adapter declares that it cannot, and refuses with a documented reason.</summary>
    PassByRefusal,

    /// <summary>The provider does not meet it.</summary>
    Fail,

    /// <summary>It works, though the adapter declares that it cannot: what is declared must be true.</summary>
    UnderDeclared,

    /// <summary>The provider does not meet it, and a waiver says why and until when.</summary>
    Waived,

    /// <summary>The provider does not meet a requirement that is no obligation.</summary>
    Warning,

    /// <summary>The environment lacks something; a failure when strict.</summary>
    Skipped,

    /// <summary>The substrate has no data path: nothing is known.</summary>
    NotExercised,
}
