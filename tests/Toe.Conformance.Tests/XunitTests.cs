using Toe.Conformance.Xunit;

namespace Toe.Conformance.Tests;

/// <summary>The kit's base classes, as a vendor derives them: here for host sockets, on the suites that need no fault and no second adapter.</summary>
public static class XunitTests
{
    public sealed class Identity : IdentityConformance<OracleFixture>
    {
        protected override ConformanceOptions Options => Fixtures.Patient;
    }

    public sealed class Connect : ConnectConformance<OracleFixture>
    {
        protected override ConformanceOptions Options => Fixtures.Patient;
    }

    public sealed class Listen : ListenConformance<OracleFixture>
    {
        protected override ConformanceOptions Options => Fixtures.Patient;
    }

    public sealed class Stream : StreamConformance<OracleFixture>
    {
        protected override ConformanceOptions Options => Fixtures.Patient;
    }

    public sealed class Close : CloseConformance<OracleFixture>
    {
        protected override ConformanceOptions Options => Fixtures.Patient;
    }

    public sealed class WhatIsMissing
    {
        [Fact]
        public void SuitesThatNobodyDerived_AreNamed()
        {
            var failure = Assert.ThrowsAny<Exception>(new Incomplete().Suites_AreAllDerived);

            Assert.Contains("StatusConformance", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("ConnectConformance", failure.Message, StringComparison.Ordinal);
        }

        [Fact]
        public void EverySuite_HasABaseClass() => new Incomplete().Suites_AllHaveABaseClass();

        private sealed class Incomplete : Compliance<OracleFixture>;
    }
}
